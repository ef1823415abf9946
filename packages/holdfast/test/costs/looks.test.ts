import { defineWorkflow } from "holdfast";
import { describe, expect, it } from "vitest";
import { virtualStore } from "../host/host-on-virtual-clock.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

const short = defineWorkflow({
  name: "short",
  run: async (ctx, count: number) => {
    for (let i = 0; i < count; i++) await ctx.step(`step ${i}`, () => i);
    return count;
  },
});

const listening = defineWorkflow({
  name: "listening",
  run: async (ctx, count: number) => {
    for (let i = 0; i < count; i++) await ctx.listen(`wait ${i}`, "go");
    return count;
  },
});

const boxing = defineWorkflow({ name: "boxing", run: async () => ({ box: [1] }) });

/** A host on a store that counts the calls of its methods. */
async function countedHost(concurrency: number) {
  const world = virtualStore();
  const calls = new Map<string, number>();
  const store = interceptedStore(world.store, (method, go) => {
    calls.set(method, (calls.get(method) ?? 0) + 1);
    return go();
  });
  const host = await world.host({ workflows: [short, listening, boxing], store, concurrency });
  await world.clock.runUntilIdle();
  return { ...world, host, calls: (method: string): number => calls.get(method) ?? 0 };
}

describe("a host with room to spare", () => {
  it("does not look for work when a run is created here, nor when it has ended", async () => {
    const { host, clock, calls } = await countedHost(100);
    const before = calls("claim");
    for (let i = 0; i < 50; i++) {
      const handle = await host.start(short, { workflowId: `run-${i}`, input: 1 });
      expect(await clock.settle(handle.result(), 1)).toBe(1);
    }
    expect(calls("claim")).toBe(before);
  });

  it("does not look for work, nor at the queue, when a message wakes a run that waits in memory", async () => {
    const { host, clock, calls } = await countedHost(100);
    const handle = await host.start(listening, { workflowId: "run", input: 21 });
    await clock.advance(1);
    const before = { claims: calls("claim"), peeks: calls("driver.peekMessages") };
    for (let i = 0; i < 20; i++) {
      await clock.settle(handle.send("go"), 1);
      await clock.advance(1);
    }
    expect(calls("claim")).toBe(before.claims);
    // The one that finds the next wait empty.
    expect(calls("driver.peekMessages") - before.peeks).toBe(20);
    await clock.settle(handle.send("go"), 1);
    expect(await clock.settle(handle.result(), 1)).toBe(21);
  });

  it("reads nothing of a run whose result is awaited while it is in work here, whatever its length", async () => {
    const { host, clock, calls } = await countedHost(100);
    const reads = (): number => calls("get") + calls("driver.load") + calls("driver.list");
    for (const steps of [2, 20, 200]) {
      const before = reads();
      const handle = await host.start(short, { workflowId: `run-${steps}`, input: steps });
      expect(await clock.settle(handle.result(), 1)).toBe(steps);
      expect(reads() - before).toBe(0);
      // Afterwards, the row of the run and that of its output.
      expect(await clock.settle(handle.result(), 1)).toBe(steps);
      expect(reads() - before).toBe(2);
    }
  });

  it("gives each who awaits a result an output of its own", async () => {
    const { host, clock } = await countedHost(100);
    const handle = await host.start(boxing, { workflowId: "run", input: null });
    const [one, other] = await clock.settle(Promise.all([handle.result(), handle.result()]), 1);
    expect(one).toEqual({ box: [1] });
    expect(other).toEqual(one);
    expect(other.box).not.toBe(one.box);
  });
});

describe("a host without room", () => {
  it("takes up what waits as soon as a run of its own has ended", async () => {
    const { host, clock } = await countedHost(1);
    const handles = [];
    for (let i = 0; i < 20; i++) {
      handles.push(await host.start(short, { workflowId: `run-${i}`, input: 1 }));
    }
    // Less than the time between two looks by the clock.
    const results = await clock.settle(Promise.all(handles.map((handle) => handle.result())), 1);
    expect(results).toHaveLength(20);
  });
});
