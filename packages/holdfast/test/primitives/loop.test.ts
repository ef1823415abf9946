import { Loop } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { bare, NOT_FUNCTION } from "./bad-values.ts";

const LOOP_COUNT = [
  [-1, "-1 (number)"],
  [1.5, "1.5 (number)"],
  [Number.NaN, "NaN (number)"],
  ["3", '"3" (string)'],
  [null, "null"],
  [Number.POSITIVE_INFINITY, "Infinity (number)"],
] as const;
const loopWith = (options: object) => (ctx: WorkflowContext) =>
  ctx.loop({ name: "op", run: async () => {}, ...options } as never);

applyLaws({
  kind: "loop",
  perform: (ctx, name) =>
    ctx.loop<number, number>({
      name,
      state: 0,
      historyPruneInterval: 1,
      historySize: 0,
      run: async (inner, n) => {
        await inner.step("s", () => 1);
        return n === 2 ? Loop.break(n) : Loop.continue(n + 1);
      },
    }),
  lasting: (ctx, name) =>
    ctx.loop(name, async (inner) => {
      await inner.sleep("s", "1d");
    }),
  compensable: (ctx, name, armed) =>
    ctx.loop<number, void>({
      name,
      state: 0,
      historyPruneInterval: 1,
      historySize: 0,
      run: async (inner, n) => {
        await armed(inner, n === 0 ? "first" : "second");
        return n === 1 ? Loop.break() : Loop.continue(1);
      },
    }),
});

refuseBadCalls("loop", [
  ...wrongTypes("run", NOT_FUNCTION, (run) => (ctx) => ctx.loop("op", run)),
  ...wrongTypes("run", NOT_FUNCTION, (run) => loopWith({ run })),
  ...["historyPruneInterval", "commitInterval", "historyEvery"].flatMap((o) =>
    wrongTypes(o, [...LOOP_COUNT, [0, "0 (number)"]], (v) => loopWith({ [o]: v })),
  ),
  ...["historySize", "historyKeep"].flatMap((o) => wrongTypes(o, LOOP_COUNT, (v) => loopWith({ [o]: v }))),
  ["null instead of a config", bare((ctx) => ctx.loop.bind(ctx), null), ["null"]],
  ["no argument at all", bare((ctx) => ctx.loop.bind(ctx)), ["undefined"]],
]);

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

describe("the history of a loop", () => {
  /** Ids of what is left after so many iterations. */
  async function left(options: object, rounds: number): Promise<string[]> {
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.loop<number, void>({
        name: "rounds",
        state: 0,
        ...options,
        run: async (inner, n) => {
          await inner.step("s", () => n);
          return n === rounds - 1 ? Loop.break() : Loop.continue(n + 1);
        },
      });
      await ctx.sleep("rest", "1h");
    };
    const handle = lab.start(workflow);
    await lab.clock.settle(handle.result);
    const { entries } = await handle.history();
    return entries.map(({ id }) => id).filter((id) => id.startsWith("rounds/"));
  }

  it.each<[string, object, string[]]>([
    ["historySize", { historyPruneInterval: 1, historySize: 2 }, ["rounds/#8/s", "rounds/#9/s"]],
    ["historyKeep", { commitInterval: 1, historyKeep: 1 }, ["rounds/#9/s"]],
    ["a historySize of 0", { historyEvery: 3, historySize: 0 }, []],
  ])("keeps as many iterations as %s says", async (_option, options, ids) => {
    expect(await left(options, 10)).toEqual(ids);
  });

  it("gives every iteration the state as it was stored, not the object itself", async () => {
    const kept: object[] = [];
    const workflow = (ctx: WorkflowContext) =>
      ctx.loop<{ seen: Set<number> }, number[]>({
        name: "rounds",
        state: { seen: new Set() },
        run: async (inner, state) => {
          kept.push(state);
          state.seen.add(await inner.step("s", () => state.seen.size));
          return state.seen.size === 3 ? Loop.break([...state.seen]) : Loop.continue(state);
        },
      });
    expect((await lab.run(workflow)).output).toEqual([0, 1, 2]);
    expect(new Set(kept).size).toBe(3);
  });
});
