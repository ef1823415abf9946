import { blockOf, gives, handlerOf, stepOf, throwsAt } from "./build.ts";
import type { Leaf } from "./canonical-leaves.ts";
import type { Block, LoopStatement, Statement } from "./program.ts";

/** Somewhere where an operation can stand. */
interface Context {
  readonly where: string;
  readonly around: (leaf: Leaf) => Block;
}

const AFTER = stepOf("after", { attempts: [gives("text", 0)] });
const SLOW: Statement = { kind: "sleep", name: "slow", ms: 2_000 };

/** Every place that makes a difference for what stands in it. */
export const CONTEXTS: readonly Context[] = [
  { where: "alone", around: ({ statement }) => blockOf(statement) },
  { where: "between steps", around: ({ statement }) => blockOf(stepOf("before"), statement, AFTER) },
  {
    where: "in a loop",
    around: ({ statement }) => blockOf(loopOf({ stateful: true, pruneInterval: 1 }, statement), AFTER),
  },
  {
    where: "in a stateless loop",
    around: ({ statement }) => blockOf(loopOf({ stateful: false, pruneInterval: 1 }, statement)),
  },
  {
    where: "in a join",
    around: ({ statement }) =>
      blockOf({
        kind: "join",
        name: "join",
        branches: [
          { name: "it", body: blockOf(statement) },
          { name: "beside", body: blockOf(stepOf("beside", { attempts: [gives("number", 30)] })) },
        ],
      }),
  },
  {
    where: "winning a race",
    around: ({ statement }) =>
      blockOf(
        {
          kind: "race",
          name: "race",
          branches: [
            { name: "it", body: blockOf(statement) },
            { name: "slow", body: blockOf(SLOW) },
          ],
        },
        AFTER,
      ),
  },
  {
    where: "losing a race",
    around: ({ statement }) =>
      blockOf(
        {
          kind: "race",
          name: "race",
          branches: [
            { name: "it", body: blockOf(statement, SLOW) },
            { name: "fast", body: blockOf(stepOf("fast", { attempts: [gives("number", 1)] })) },
          ],
        },
        AFTER,
      ),
  },
  {
    where: "in a map",
    around: ({ statement }) =>
      blockOf({
        kind: "map",
        name: "map",
        items: 2,
        concurrency: 2,
        toleratedFailures: 1,
        body: blockOf(statement),
      }),
  },
  {
    where: "in a try",
    around: ({ statement }) => blockOf({ kind: "try", name: "try", body: blockOf(statement) }, AFTER),
  },
  {
    where: "in a catch",
    around: ({ statement }) => blockOf({ kind: "catch", body: blockOf(statement) }, AFTER),
  },
  {
    where: "between steps to be undone",
    around: ({ statement, fails }) =>
      blockOf(
        { kind: "checkpoint", name: "checkpoint" },
        stepOf("first", { handler: handlerOf(gives("undefined")) }),
        statement,
        ...(fails === true
          ? []
          : [
              stepOf("last", { handler: handlerOf(throwsAt("error"), gives("null")) }),
              { kind: "throw", what: "error" } as const,
            ]),
      ),
  },
  {
    where: "together with others",
    around: ({ statement }) =>
      blockOf(
        { kind: "together", how: "allSettled", statements: [statement, stepOf("beside"), SLOW] },
        AFTER,
      ),
  },
];

function loopOf(
  how: Pick<LoopStatement, "stateful" | "pruneInterval">,
  ...statements: readonly Statement[]
): LoopStatement {
  return { kind: "loop", name: "loop", times: 2, historySize: 1, ...how, body: blockOf(...statements) };
}
