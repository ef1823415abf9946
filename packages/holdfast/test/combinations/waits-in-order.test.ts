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
