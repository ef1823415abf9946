import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { NOT_FUNCTION } from "./bad-values.ts";

const b = (name: unknown, run: unknown = async () => 1) => ({ name, run }) as never;

applyLaws({
  kind: "race",
  perform: (ctx, name) =>
    ctx.race<unknown>(name, [
      { name: "a", run: (b) => b.step("s", () => 1) },
      { name: "b", run: (b) => b.sleep("s", "1m") },
    ]),
  lasting: (ctx, name) => ctx.race(name, [{ name: "a", run: (b) => b.sleep("s", "1d") }]),
  compensable: (ctx, name, armed) =>
    ctx.race<unknown>(name, [
      {
        name: "loser",
        run: async (b) => {
          await armed(b, "first");
          await b.sleep("s", "1d");
        },
      },
      {
        name: "winner",
        run: async (b) => {
          await b.sleep("s", "1m");
          return armed(b, "second");
        },
      },
    ]),
});

refuseBadCalls("race", [
  ...wrongTypes(
    "branches",
    [
      [undefined, "undefined"],
      [null, "null"],
      [{}, "an object"],
      ["a", '"a" (string)'],
    ],
    (v) => (ctx) => ctx.race("op", v),
  ),
  ...wrongTypes("run", NOT_FUNCTION.slice(1), (run) => (ctx) => ctx.race("op", [b("a", run)])),
  ["a branch that is null", (ctx) => ctx.race("op", [null as never]), ["branch"]],
  ["a branch without a name", (ctx) => ctx.race("op", [b("")]), ["branch"]],
  ["two branches of one name", (ctx) => ctx.race("op", [b("a"), b("a")]), ['"a"'], "DUPLICATE_NAME"],
  [
    "1,001 branches",
    (ctx) =>
      ctx.race(
        "op",
        Array.from({ length: 1001 }, (_, i) => b(`b${i}`)),
      ),
    ["branches", "1001"],
    "LIMIT",
  ],
]);

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

describe("the losers of a race", () => {
  const raced = (armed: boolean) => async (ctx: WorkflowContext) => {
    if (armed) await ctx.rollbackCheckpoint("from here");
    await ctx.race<unknown>("race", [
      {
        name: "loser",
        run: async (branch) => {
          await branch.step({ name: "s", run: () => 1, ...(armed ? { rollback: () => {} } : {}) });
          await branch.sleep("nap", "1h");
        },
      },
      { name: "winner", run: (branch) => branch.sleep("nap", "1m") },
    ]);
    await ctx.sleep("rest", "1d");
  };

  it.each([
    ["leave no rows", false, []],
    ["keep the rows that hold armed handlers", true, ["race/~loser/s"]],
  ])("%s when the winner is committed", async (_outcome, armed, ids) => {
    await lab.run(raced(armed));
    await lab.clock.advance(60_000);
    const handle = lab.start(raced(armed));
    await lab.clock.settle(handle.result);
    const { entries } = await handle.history();
    const steps = entries.filter(({ id, kind }) => id.startsWith("race/~loser") && kind === "step");
    expect(steps.map(({ id }) => id)).toEqual(ids);
  });
});
