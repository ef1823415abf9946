import { LimitError, type WorkflowContext } from "holdfast";
import { expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

const limits = { historyEntries: 5 };
const live = { mode: "live", limits } as const;

/** Asks for so many operations, one after the other. */
const asking =
  (count: number, ask: (ctx: WorkflowContext, i: number) => Promise<unknown>) =>
  async (ctx: WorkflowContext) => {
    for (let i = 0; i < count; i++) await ask(ctx, i);
    return "done";
  };

it.each<[string, (ctx: WorkflowContext, i: number) => Promise<unknown>]>([
  ["steps", (ctx, i) => ctx.step(`step ${i}`, () => i)],
  ["sleeps", (ctx, i) => ctx.sleep(`rest ${i}`, 1)],
  ["waits for messages", (ctx, i) => ctx.listenWithTimeout(`wait ${i}`, "m", 1)],
  ["blocks", (ctx, i) => ctx.join(`join ${i}`, {})],
  ["sends", (ctx, i) => ctx.queue.send("m", i)],
])("a history takes as many %s as its limit says, and no more", async (_, ask) => {
  expect((await new EngineLab().run(asking(5, ask), live)).output).toBe("done");
  const error = await new EngineLab().failure(asking(6, ask), live);
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({ limit: "historyEntries", maximum: 5, actual: 6 });
});

it("counts steps that run, so that a replay takes as many as the first time", async () => {
  const atOnce = (count: number) => (ctx: WorkflowContext) =>
    Promise.all(Array.from({ length: count }, (_, i) => ctx.step(`step ${i}`, () => i)));
  expect((await new EngineLab().run(atOnce(5), live)).output).toEqual([0, 1, 2, 3, 4]);
  expect(await new EngineLab().failure(atOnce(6), live)).toMatchObject({
    limit: "historyEntries",
    actual: 6,
  });
});

it("counts steps that run in blocks beside each other, and no more those of a lost race", async () => {
  const branches = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `branch ${i}`,
        { run: (ctx: WorkflowContext) => ctx.step("s", () => i) },
      ]),
    );
  const joined = (count: number) => async (ctx: WorkflowContext) =>
    Object.keys(await ctx.join("join", branches(count))).length;
  expect((await new EngineLab().run(joined(4), live)).output).toBe(4);
  expect(await new EngineLab().failure(joined(5), live)).toMatchObject({
    code: "JOIN",
    errors: { "branch 4": { limit: "historyEntries", actual: 6 } },
  });
  const raced = async (ctx: WorkflowContext) => {
    const losers = Object.entries(branches(3)).map(([name]) => ({
      name,
      run: (branch: WorkflowContext) => branch.step("s", () => new Promise(() => {})),
    }));
    await ctx.race("race", [{ name: "winner", run: () => "won" }, ...losers]);
    return Promise.all([1, 2, 3, 4].map((i) => ctx.step(`step ${i}`, () => i)));
  };
  expect((await new EngineLab().run(raced, live)).output).toEqual([1, 2, 3, 4]);
});

it("newer code has a gate in front of what a full history holds", async () => {
  const lab = new EngineLab();
  const older = async (ctx: WorkflowContext) => {
    for (let i = 0; i < 4; i++) await ctx.step(`step ${i}`, () => i);
    return ctx.listen("wait", "go");
  };
  const parked = await lab.run(older, { limits });
  expect(parked).toMatchObject({ state: "sleeping" });
  const newer = async (ctx: WorkflowContext) => {
    const version = await ctx.getVersion("gate", 2);
    return [version, await older(ctx)];
  };
  const handle = lab.start(newer, { limits });
  await handle.send("go", "on");
  expect(await handle.result).toMatchObject({ state: "completed", output: [1, "on"] });
});
