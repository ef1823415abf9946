import { CorruptionError, createClient, defineWorkflow } from "holdfast";
import { describe, expect, test } from "vitest";
import type { MemoryRunDump } from "../../src/drivers/memory/memory-run.ts";
import { reaches, type VirtualStore, virtualStore } from "./host-on-virtual-clock.ts";

const pays = defineWorkflow({
  name: "pays",
  run: async (ctx) => {
    const order = await ctx.queue.next("order", { names: ["pay"], completable: true });
    await order.complete(`paid ${order.body}`);
    await ctx.listen("end", "over");
    return order.body;
  },
});

/** Each of the two runs gets what the other one has. */
function swap({ store }: Pick<VirtualStore, "store">, part: "messages" | "responses"): void {
  const dump = store.dump();
  const [a, b] = dump.runs as [MemoryRunDump, MemoryRunDump];
  store.restore({
    ...dump,
    runs: [
      { ...a, [part]: b[part] },
      { ...b, [part]: a[part] },
    ],
  });
}

async function twoRuns() {
  const world = virtualStore();
  const client = createClient({ store: world.store, clock: world.clock, scheduler: world.clock.scheduler });
  for (const workflowId of ["a", "b"]) {
    const handle = await client.start("pays", { workflowId });
    await handle.send("pay", `what ${workflowId} owes`, { messageId: "payment" });
  }
  return world;
}

describe("messages of one id in two runs, whose bodies change places", () => {
  test("are received by neither", async () => {
    const world = await twoRuns();
    swap(world, "messages");
    const host = await world.host({ workflows: [pays] });
    for (const workflowId of ["a", "b"]) {
      const handle = host.handle(workflowId);
      await reaches(world.clock, handle, "paused");
      await expect(handle.result({ wait: false })).rejects.toMatchObject({
        reason: "corruption",
        cause: { code: "CORRUPTION", workflowId },
      });
    }
  });

  test("are told to nobody, where they are answers", async () => {
    const world = await twoRuns();
    const host = await world.host({ workflows: [pays] });
    for (const workflowId of ["a", "b"]) await reaches(world.clock, host.handle(workflowId), "sleeping");
    const ask = () => host.handle("a").request("pay", "again", { messageId: "payment" });
    expect(await world.clock.settle(ask())).toBe("paid what a owes");
    swap(world, "responses");
    await expect(world.clock.settle(ask())).rejects.toThrow(CorruptionError);
  });
});

test("a fork may be taken back to before a message that the other run received", async () => {
  const world = await twoRuns();
  const host = await world.host({ workflows: [pays] });
  await reaches(world.clock, host.handle("a"), "sleeping");
  const forked = await host.handle("a").fork({ from: "end", workflowId: "copy" });
  await reaches(world.clock, forked, "sleeping");
  await forked.rewind({ to: "order" });
  await reaches(world.clock, forked, "sleeping");
  await forked.send("over");
  expect(await world.clock.settle(forked.result())).toBe("what a owes");
});
