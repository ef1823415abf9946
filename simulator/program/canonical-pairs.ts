import { blockOf, gives, handlerOf, stepOf, throwsAt } from "./build.ts";
import type { Block, Statement } from "./program.ts";

/** A block around one operation, under a name of its own. */
interface Wrapping {
  readonly what: string;
  readonly around: (inner: Block, name: string) => Statement;
}

const WRAPPINGS: readonly Wrapping[] = [
  {
    what: "loop",
    around: (body, name) => ({
      kind: "loop",
      name,
      times: 2,
      stateful: true,
      pruneInterval: 1,
      historySize: 0,
      body,
    }),
  },
  {
    what: "join",
    around: (body, name) => ({
      kind: "join",
      name,
      branches: [
        { name: "a", body },
        { name: "b", body: blockOf() },
      ],
    }),
  },
  {
    what: "race",
    around: (body, name) => ({
      kind: "race",
      name,
      branches: [
        { name: "a", body },
        { name: "b", body: blockOf({ kind: "sleep", name: "slow", ms: 2_000 }) },
      ],
    }),
  },
  { what: "map", around: (body, name) => ({ kind: "map", name, items: 2, concurrency: 1, body }) },
  { what: "try", around: (body, name) => ({ kind: "try", name, body }) },
  { what: "catch", around: (body) => ({ kind: "catch", body }) },
];

/** What is different about the operation in the middle. */
const CORES: readonly { readonly what: string; readonly block: Block }[] = [
  { what: "a step and a sleep", block: blockOf(stepOf("step"), { kind: "sleep", name: "sleep", ms: 50 }) },
  { what: "a message answered", block: blockOf({ kind: "next", name: "next", names: ["m"], answers: true }) },
  {
    what: "a failure",
    block: blockOf(stepOf("step"), stepOf("fails", { attempts: [throwsAt("critical", 0)], maxRetries: 0 })),
  },
];

/** Every block in every block, with each core. */
export function nestedPairs(): { readonly what: string; readonly body: Block }[] {
  return WRAPPINGS.flatMap((outer) =>
    WRAPPINGS.flatMap((inner) =>
      CORES.map((core) => ({
        what: `${core.what} in a ${inner.what} in a ${outer.what}`,
        body: blockOf(outer.around(blockOf(inner.around(core.block, "inner")), "outer")),
      })),
    ),
  );
}

/** Every block with a step to be undone in it, and a failure behind. */
export function undonePairs(): { readonly what: string; readonly body: Block }[] {
  const undone = stepOf("undone", { handler: handlerOf(gives("undefined")) });
  return WRAPPINGS.flatMap((outer) =>
    WRAPPINGS.map((inner) => ({
      what: `a step undone in a ${inner.what} in a ${outer.what}`,
      body: blockOf(
        { kind: "checkpoint", name: "checkpoint" },
        outer.around(blockOf(inner.around(blockOf(undone), "inner")), "outer"),
        { kind: "throw", what: "error" },
      ),
    })),
  );
}
