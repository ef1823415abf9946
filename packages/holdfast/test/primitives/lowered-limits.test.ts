import { type Limits, Loop, type WorkflowContext } from "holdfast";
import { expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

type Ask = (ctx: WorkflowContext, undone: unknown[]) => Promise<unknown>;

const three = [1, 2, 3];
const twoMessages = { names: ["a message"], count: 2, timeout: 1 };
const twoNames = { names: ["a message", "another message"] };
const branch = { run: (ctx: WorkflowContext) => ctx.sleep("s", 1) };
const raced = three.map((i) => ({ ...branch, name: `branch ${i}` }));

/** What a lower limit does not allow any more. */
const asked: [keyof Limits, string, number, Ask][] = [
  ["mapItems", "a map", 2, (ctx) => ctx.map("m", three, async (item, i) => item.step("s", () => i))],
  ["branches", "a join", 2, (ctx) => ctx.join("j", { a: branch, b: branch, c: branch })],
  ["branches", "a race", 2, (ctx) => ctx.race("r", raced)],
  ["depth", "blocks in blocks", 1, (ctx) => ctx.try("t", (outer) => outer.try("t", branch.run))],
  ["batchMessages", "a batch", 1, (ctx) => ctx.queue.nextBatch("b", twoMessages)],
  ["batchMessages", "a listen", 1, (ctx) => ctx.listenNWithTimeout("l", "a message", 2, 1)],
  ["nameBytes", "a step", 4, (ctx) => ctx.step("a long name", () => 1)],
  ["nameBytes", "a branch", 4, (ctx) => ctx.join("j", { "a long name": branch })],
  ["nameBytes", "a raced branch", 4, (ctx) => ctx.race("r", raced)],
  ["nameBytes", "a message", 4, (ctx) => ctx.queue.next("n", twoNames)],
  ["nameBytes", "a send", 4, (ctx) => ctx.queue.send("a message", 1)],
  [
    "armedHandlers",
    "a loop of handlers",
    1,
    async (ctx, undone) => {
      await ctx.rollbackCheckpoint("c");
      const run = async (inner: WorkflowContext, i: number) => {
        await inner.step({ name: "s", run: () => i, rollback: (_, result) => undone.push(result) });
        return i < 3 ? Loop.continue(i + 1) : Loop.break();
      };
      await ctx.loop({ name: "l", state: 1, run });
    },
  ],
];

const parkedBehind = (ask: Ask, end: (ctx: WorkflowContext) => unknown, undone: unknown[] = []) => {
  return async (ctx: WorkflowContext) => {
    await ask(ctx, undone);
    await ctx.sleep("zz", "1h");
    return end(ctx);
  };
};

it.each(asked)("a lower limit %s is none for %s that is recorded", async (limit, _, maximum, ask) => {
  const workflow = parkedBehind(ask, () => "done");
  const refused = await new EngineLab().failure(workflow, { limits: { [limit]: maximum } });
  expect(refused).toMatchObject({ code: "LIMIT", limit });
  const lab = new EngineLab();
  const handle = lab.start(workflow, { mode: "live" });
  await lab.clock.settle(Promise.all([handle.send("a message"), handle.send("a message")]));
  await lab.clock.advance(1_000);
  await lab.clock.settle(handle.evict());
  const again = lab.start(workflow, { mode: "live", limits: { [limit]: maximum } });
  expect(await lab.clock.settle(again.result)).toMatchObject({ state: "completed", output: "done" });
});

it.each<[keyof Limits, string, number, Ask]>([
  ["mapItems", "a map", 2, (ctx) => ctx.map("m", three, (item) => item.sleep("s", "1h"))],
  [
    "depth",
    "a block",
    1,
    (ctx) => ctx.try("t", (outer) => outer.try("t", (inner) => inner.sleep("s", "1h"))),
  ],
  ["batchMessages", "a wait", 1, (ctx) => ctx.listenNWithTimeout("l", "a message", 2, 3_600_000)],
  [
    "armedHandlers",
    "a loop",
    1,
    async (ctx) => {
      await ctx.rollbackCheckpoint("c");
      const run = async (inner: WorkflowContext, i: number) => {
        await inner.step({ name: "s", run: () => i, rollback: () => {} });
        if (i < 3) return Loop.continue(i + 1);
        await inner.sleep("z", "1h");
        return Loop.break();
      };
      await ctx.loop({ name: "l", state: 1, run });
    },
  ],
])("a lower limit %s is none for %s that is at work", async (limit, _, maximum, ask) => {
  const lab = new EngineLab();
  const workflow = async (ctx: WorkflowContext) => {
    await ask(ctx, []);
    return "done";
  };
  expect(await lab.run(workflow)).toMatchObject({ state: "sleeping" });
  await lab.clock.advance(3_600_000);
  const again = await lab.run(workflow, { mode: "live", limits: { [limit]: maximum } });
  expect(again).toMatchObject({ state: "completed", output: "done" });
});

it("a rollback under a lower limit undoes what is committed", async () => {
  const lab = new EngineLab();
  const undone: unknown[] = [];
  const ask = asked.at(-1)?.[3] as Ask;
  const fails = () => {
    throw new Error("the workflow fails");
  };
  const workflow = parkedBehind(ask, fails, undone);
  await lab.run(workflow);
  await lab.clock.advance(3_600_000);
  const failure = await lab.failure(workflow, { mode: "live", limits: { armedHandlers: 1 } });
  expect(failure.message).toBe("the workflow fails");
  expect(undone).toEqual([3, 2, 1]);
});
