import { expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

it("a message that comes between the reads of two waits goes to the one that had asked before", async () => {
  const lab = new EngineLab();
  let reads = 0;
  const driver = interceptedStore(lab.storage, async (method, go) => {
    const given = await go();
    if (method === "peekMessages" && ++reads === 1) await handle.send("m", "hello");
    return given;
  });
  const handle = lab.start(
    (ctx) =>
      Promise.race([
        ctx.queue.next("first", { names: ["n", "m"] }).then(({ body }) => `first: ${body}`),
        ctx.queue.next("second", { names: ["m", "n"] }).then(({ body }) => `second: ${body}`),
      ]),
    { driver, mode: "live" },
  );

  await expect(lab.clock.settle(handle.result)).resolves.toMatchObject({ output: "first: hello" });
});

it("a message that expires between the reads of two waits is dropped once, and received by none", async () => {
  const lab = new EngineLab();
  let reads = 0;
  const driver = interceptedStore(lab.storage, async (method, go) => {
    if (method === "peekMessages" && ++reads === 2) await lab.clock.sleep(20);
    return go();
  });
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.sleep("until it is there", 5);
    return Promise.all([ctx.listen("first", "m"), ctx.queue.next("second", { names: ["m", "n"] })]);
  };
  const handle = lab.start(workflow, { driver, mode: "live" });
  await handle.send("m", "late", { expiresIn: 10 });
  await lab.clock.advance(100);
  await handle.send("m", "in time");
  await handle.send("n", "too");
  const { output } = await lab.clock.settle(handle.result);
  expect(output).toMatchObject(["in time", { body: "too" }]);
});

it("a message that has expired hides none that came in time from a wait that is about to end", async () => {
  const lab = new EngineLab();
  const workflow = (ctx: WorkflowContext) => ctx.listenWithTimeout("wait", "m", 1_000);
  const { sleepUntil } = await lab.run(workflow);
  const handle = lab.start(workflow, { mode: "yield" });
  await lab.clock.settle(handle.result);
  for (const body of ["one", "two"]) await handle.send("m", body, { expiresIn: 10 });
  await lab.clock.advance(100);
  await handle.send("m", "in time");
  await lab.clock.advanceTo((sleepUntil as number) + 1);
  expect((await lab.run(workflow)).output).toBe("in time");
});

it("messages that have expired make a batch no smaller", async () => {
  const lab = new EngineLab();
  const workflow = (ctx: WorkflowContext) => ctx.listenN("wait", "m", 2);
  const handle = lab.start(workflow);
  await lab.clock.settle(handle.result);
  await handle.send("m", "late", { expiresIn: 10 });
  for (const body of ["one", "two"]) await handle.send("m", body);
  await lab.clock.advance(100);
  expect((await lab.run(workflow)).output).toEqual(["one", "two"]);
});

it("what a wait takes hides nothing from those that had asked after it", async () => {
  const lab = new EngineLab();
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.sleep("until all are there", "1h");
    const waits = await Promise.all([
      ctx.queue.nextBatch("two", { names: ["a", "b"], count: 2 }),
      ctx.queue.nextBatch("one of b", { names: ["b"], count: 1 }),
      ctx.queue.nextBatch("the oldest", { names: ["a", "b"], count: 1 }),
      ctx.queue.nextBatch("others", { names: ["a", "b"], count: 2 }),
    ]);
    return waits.map((batch) => batch.map(({ body }) => body));
  };
  const handle = lab.start(workflow, { mode: "live" });
  for (const body of [1, 2, 3, 4]) await lab.clock.settle(handle.send("b", body));
  await lab.clock.settle(handle.send("a", 5));
  expect((await lab.clock.settle(handle.result)).output).toEqual([[1, 2], [3], [4], [5]]);
});

it("a message that a wait left behind goes to the next one before younger messages", async () => {
  const lab = new EngineLab();
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.sleep("until all are there", "1h");
    const { theirs } = await ctx.join("strands", {
      left: {
        run: (branch) =>
          Promise.race([
            branch.queue.next("paid", { names: ["paid"] }),
            branch.queue.next("order", { names: ["paid", "order"] }),
          ]),
      },
      theirs: {
        run: async (branch) => [
          await branch.listen("first", "order"),
          await branch.listen("second", "order"),
        ],
      },
    });
    return theirs;
  };
  const handle = lab.start(workflow);
  await lab.clock.settle(handle.result);
  await handle.send("paid", 1);
  for (const body of ["one", "two", "three"]) await handle.send("order", body);
  await lab.clock.advance("1h");
  expect((await lab.run(workflow)).output).toEqual(["one", "two"]);
});
