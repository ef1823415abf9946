import { Loop } from "holdfast";
import { describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import type { ScriptedMessage } from "../../src/testing/simulated-run.ts";
import { EngineLab } from "../engine-lab.ts";
import { type Code, endsAs } from "./ends-as.ts";

const deadline = (ctx: WorkflowContext, wait: string): Promise<{ winner: string; value: unknown }> =>
  ctx.race<unknown>("race", [
    { name: "message", run: (branch) => branch.listen("wait", "m") },
    { name: "deadline", run: (branch) => branch.sleep("nap", wait) },
  ]);

const cases: readonly (readonly [string, unknown, readonly ScriptedMessage[], Code])[] = [
  [
    "a message that comes in time wins its race",
    ["message", "hello"],
    [{ at: 30_000, name: "m", body: "hello" }],
    async (ctx) => {
      const { winner, value } = await deadline(ctx, "1m");
      return [winner, value];
    },
  ],
  [
    "a message that comes after its race is there for the next wait",
    ["deadline", "hello"],
    [{ at: 90_000, name: "m", body: "hello" }],
    async (ctx) => [(await deadline(ctx, "1m")).winner, await ctx.listen("later", "m")],
  ],
  [
    "messages race in a loop, one per iteration, in the order of sending",
    [1, "none", 2, 3],
    [
      { at: 1_000, name: "m", body: 1 },
      { at: 130_000, name: "m", body: 2 },
      { at: 130_000, name: "m", body: 3 },
    ],
    (ctx) =>
      ctx.loop<unknown[], unknown[]>({
        name: "rounds",
        state: [],
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, got) => {
          const { winner, value } = await deadline(inner, "100s");
          const all = [...got, winner === "message" ? value : "none"];
          return all.length === 4 ? Loop.break(all) : Loop.continue(all);
        },
      }),
  ],
  [
    "waits in the branches of a join each take their own message",
    { x: "for x", y: "for y" },
    [
      { at: 60_000, name: "y", body: "for y" },
      { at: 120_000, name: "x", body: "for x" },
    ],
    (ctx) =>
      ctx.join("join", { x: { run: (b) => b.listen("w", "x") }, y: { run: (b) => b.listen("w", "y") } }),
  ],
  [
    "timeouts in a map end the items for which nothing came",
    ["first", "second", null],
    [
      { at: 1_000, name: "m", body: "first" },
      { at: 2_000, name: "m", body: "second" },
    ],
    (ctx) => ctx.map("items", [0, 1, 2], (item) => item.listenWithTimeout("w", "m", "1h")),
  ],
];

describe("messages in blocks", () => {
  it.each(cases)("%s", { timeout: 30_000 }, (_outcome, expected, messages, code) =>
    endsAs(expected, code, { messages, sameEffects: false }),
  );
});

describe("version gates in loops", () => {
  const rounds =
    (body: (ctx: WorkflowContext, n: number) => Promise<string>): Code =>
    (ctx) =>
      ctx.loop<string[], string[]>({
        name: "rounds",
        state: [],
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, got) => {
          const all = [...got, await body(inner, got.length)];
          await inner.sleep("nap", "1h");
          return all.length === 3 ? Loop.break(all) : Loop.continue(all);
        },
      });

  it("keep an iteration that had begun on the old code, and give new ones the new code", async () => {
    const lab = new EngineLab();
    await lab.run(rounds((ctx) => ctx.step("old", () => "old")));
    const now = rounds(async (ctx) =>
      (await ctx.getVersion("gate", 2)) === 1 ? ctx.step("old", () => "old") : ctx.step("new", () => "new"),
    );
    let result = await lab.run(now);
    for (let pass = 0; result.state === "sleeping" && pass < 10; pass++) {
      await lab.clock.advanceTo(result.sleepUntil ?? 0);
      result = await lab.run(now);
    }
    expect(result.output).toEqual(["old", "new", "new"]);
  });
});
