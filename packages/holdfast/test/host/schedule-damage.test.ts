import { defineWorkflow } from "holdfast";
import { expect, test } from "vitest";
import type { RunRow } from "../../src/storage/run-row.ts";
import { reaches, type VirtualStore, virtualStore } from "./host-on-virtual-clock.ts";

const waiting = defineWorkflow({
  name: "waiting",
  run: async (ctx) => (await ctx.queue.next("wait", { names: ["go"] })).body,
});

/** A waiting run whose row, without a checksum, was changed behind the library's back, and a host that has not seen it before. */
async function damaged(change: Partial<RunRow>, until: "sleeping" | "completed" = "sleeping") {
  const world = virtualStore();
  const { clock, store } = world;
  const before = await world.host({ workflows: [waiting] });
  const handle = await before.start(waiting, { workflowId: "a", input: undefined });
  if (until === "completed") await handle.send("go", "done");
  await reaches(clock, handle, until);
  await clock.settle(before.stop());
  const dump = store.dump();
  // Rows of old have no checksum: nobody but a pass finds out that they are wrong.
  store.restore({
    ...dump,
    runs: dump.runs.map(({ seal: _, ...run }) => ({ ...run, row: { ...run.row, ...change } })),
  });
  const after = await world.host({ workflows: [waiting] });
  return { ...world, handle: after.handle("a") };
}

async function settled({ clock }: Pick<VirtualStore, "clock">): Promise<void> {
  await clock.advance(1_000);
  await clock.runUntilIdle();
}

test.each([
  ["what the run waits for is gone", { wants: null }],
  ["what the run waits for is something else", { wants: ["something else"] }],
  ["the run shows a time that it does not have", { wakeAt: 9e12 }],
  ["the run shows that it runs", { status: "running" }],
] as const)("a run that is woken is scheduled again as it has to be when %s", async (_, change) => {
  const world = await damaged(change);
  await world.handle.wake();
  await settled(world);
  const run = await world.store.get("a");
  expect([run?.status, run?.wakeAt, run?.wants]).toEqual(["sleeping", null, ["go"]]);
  await world.handle.send("go", "done");
  await reaches(world.clock, world.handle, "completed");
});

test("a finished run that is shown as asleep is shown as finished once it was woken, and is not run again and again", async () => {
  const world = await damaged({ status: "sleeping" }, "completed");
  await world.handle.wake();
  await settled(world);
  const run = await world.store.get("a");
  expect([run?.status, run?.lease]).toEqual(["completed", null]);
  expect(await world.handle.getOutput()).toBe("done");
  expect(world.complaints.join()).toContain("another state of the run");
});

test("a sound run is woken without a commit", async () => {
  const world = await damaged({});
  const before = (await world.store.get("a"))?.revision;
  await world.handle.wake();
  await settled(world);
  expect((await world.store.get("a"))?.revision).toBe(before);
  expect(world.complaints).toEqual([]);
});
