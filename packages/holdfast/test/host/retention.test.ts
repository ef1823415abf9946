import { CriticalError, createClient, defineWorkflow, StorageError, type WorkflowStore } from "holdfast";
import { describe, expect, it } from "vitest";
import { breaking } from "../drivers/broken-subjects.ts";
import { reaches, virtualStore } from "./host-on-virtual-clock.ts";
import { interceptedStore } from "./intercepted-store.ts";

const ends = defineWorkflow({
  name: "ends",
  run: async (ctx, input: "completes" | "fails" | "sleeps") => {
    if (input === "fails") throw new CriticalError("no");
    if (input === "sleeps") await ctx.sleep("nap", "30d");
    return input;
  },
});

describe("retention", () => {
  it("deletes finished runs that are old enough, each state by its own time", async () => {
    const { host, clock } = virtualStore();
    const running = await host({
      workflows: [ends],
      retention: { completedMs: 60_000, failedMs: 600_000 },
      pollMs: 60_000,
    });
    for (const input of ["completes", "fails", "sleeps"] as const)
      await running.start(ends, { workflowId: input, input });
    const cancelled = await running.start(ends, { workflowId: "cancelled", input: "sleeps" });
    await reaches(clock, cancelled, "sleeping");
    await cancelled.cancel();
    const left = async () => (await running.list()).runs.map((run) => run.workflowId);
    await clock.advance(50_000);
    expect(await left()).toHaveLength(4);
    await clock.advance(20_000);
    expect(await left()).toEqual(["cancelled", "sleeps", "fails"]);
    await clock.advance(600_000);
    expect(await left()).toEqual(["cancelled", "sleeps"]);
  });

  it("goes through more runs than one batch", async () => {
    const { host, clock } = virtualStore();
    const running = await host({ workflows: [ends], retention: { completedMs: 10_000 }, pollMs: 60_000 });
    for (let i = 0; i < 450; i++) await running.start(ends, { input: "completes" });
    await clock.advance(5_000);
    expect((await running.statistics()).runs.completed).toBe(450);
    await clock.advance(20_000);
    expect((await running.statistics()).runs.completed).toBe(0);
  });

  it("goes on to the others where a run cannot be deleted", async () => {
    const { host, clock, store, complaints } = virtualStore();
    const damaged = new StorageError("a damaged page", { outcome: "not-applied", retryable: false });
    const stubborn = breaking<WorkflowStore>(store, {
      delete: async (workflowId, epoch) => {
        if (workflowId === "stays") throw damaged;
        return store.delete(workflowId, epoch);
      },
    });
    const running = await host({ workflows: [ends], pollMs: 60_000 });
    for (const workflowId of ["a", "b", "stays"])
      await running.start(ends, { workflowId, input: "completes" });
    // A page of them, with the one that stays.
    for (let i = 0; i < 199; i++) await running.start(ends, { input: "fails" });
    await clock.advance(20_000);
    const retention = { completedMs: 10_000, failedMs: 3_600_000 };
    await host({ workflows: [], store: stubborn, retention, pollMs: 60_000 });
    await clock.advance(200_000);
    const { runs } = await running.list({ status: "completed" });
    expect(runs.map(({ workflowId }) => workflowId)).toEqual(["stays"]);
    expect(complaints.join()).toContain("a damaged page");
  });

  it("spares a run that is changed in between", async () => {
    const { host, clock } = virtualStore();
    const running = await host({ workflows: [ends], retention: { failedMs: 10_000 }, pollMs: 60_000 });
    const handle = await running.start(ends, { workflowId: "a", input: "fails" });
    for (let i = 0; i < 20; i++) {
      await clock.advance(5_000);
      await handle.recover();
    }
    expect(await handle.getState()).not.toBeNull();
    await clock.advance(30_000);
    expect(await handle.getState()).toBeNull();
  });

  it("does not hold up the end of a host when the storage no longer answers", async () => {
    for (const method of ["list", "claim", "delete"]) {
      const { host, clock, store } = virtualStore();
      let answers = true;
      const intercepted = interceptedStore(store, (called, go) =>
        called === method && !answers ? new Promise(() => {}) : go(),
      );
      const settings = { workflows: [ends], retention: { completedMs: 10_000 }, pollMs: 60_000 };
      const running = await host({ ...settings, store: intercepted });
      const handle = await running.start(ends, { workflowId: "a", input: "completes" });
      await reaches(clock, handle, "completed");
      answers = false;
      await clock.advance(20_000);
      await clock.settle(running.stop({ timeoutMs: 1_000 }));
    }
  });

  it("spares a run that is rewound while it is being deleted", async () => {
    const { host, clock, store } = virtualStore();
    const client = createClient({ store, clock, scheduler: clock.scheduler });
    const rewound: unknown[] = [];
    const intercepted = interceptedStore(store, async (method, go) => {
      if (method === "delete") rewound.push(await client.handle("a").rewind({ to: "once" }));
      return go();
    });
    const steps = defineWorkflow({ name: "steps", run: (ctx) => ctx.step("once", () => 1) });
    const options = { workflows: [steps], retention: { completedMs: 10_000 }, pollMs: 60_000 };
    const running = await host({ ...options, store: intercepted });
    const handle = await running.start(steps, { workflowId: "a" });
    await clock.settle(handle.result());
    while (rewound.length === 0) await clock.advance(1_000);
    await reaches(clock, handle, "completed");
    expect(await clock.settle(handle.result())).toBe(1);
  });

  it("takes nobody's run that was created anew while it was asked for", async () => {
    const { host, clock, store } = virtualStore();
    const client = createClient({ store, clock, scheduler: clock.scheduler });
    const naps = defineWorkflow({
      name: "naps",
      run: (ctx, long: boolean) => (long ? ctx.sleep("long", "1h") : Promise.resolve()),
    });
    const anew: unknown[] = [];
    const intercepted = interceptedStore(store, async (method, go) => {
      if (method !== "claim" || (await store.get("a"))?.status !== "completed") return go();
      await client.delete("a");
      await client.start(naps, { workflowId: "a", input: true });
      await reaches(clock, client.handle("a"), "sleeping");
      anew.push(await store.get("a"));
      return go();
    });
    await host({ workflows: [naps] });
    await host({ workflows: [], store: intercepted, retention: { completedMs: 10_000 }, pollMs: 60_000 });
    await client.start(naps, { workflowId: "a", input: false });
    await clock.advance(60_000);
    expect(anew).toEqual([await store.get("a")]);
  });

  it("spares a run that was created anew and has ended as the former one had, at the same revision", async () => {
    const { host, clock, store } = virtualStore();
    const client = createClient({ store, clock, scheduler: clock.scheduler });
    const revisions: unknown[] = [];
    const intercepted = interceptedStore(store, async (method, go) => {
      if (method !== "claim" || revisions.length > 0 || (await store.get("a"))?.status !== "completed")
        return go();
      revisions.push((await store.get("a"))?.revision);
      await client.delete("a");
      await reaches(clock, await client.start(ends, { workflowId: "a", input: "completes" }), "completed");
      revisions.push((await store.get("a"))?.revision);
      return go();
    });
    await host({ workflows: [ends] });
    await host({ workflows: [], store: intercepted, retention: { completedMs: 10_000 }, pollMs: 60_000 });
    await client.start(ends, { workflowId: "a", input: "completes" });
    await clock.advance(15_000);
    expect(revisions).toHaveLength(2);
    expect(revisions[0]).toBe(revisions[1]);
    expect((await store.get("a"))?.status).toBe("completed");
    await clock.advance(30_000);
    expect(await store.get("a")).toBeNull();
  });

  it("goes by the store's clock once it knows it: a host that is ahead claims no run again and again", async () => {
    const { host, clock, store } = virtualStore();
    const ahead = {
      now: () => clock.now() + 3_600_000,
      monotonic: () => clock.monotonic(),
      setTimer: (ms: number, fire: () => void) => clock.setTimer(ms, fire),
    };
    const handle = await (await host({ workflows: [ends] })).start(ends, {
      workflowId: "a",
      input: "completes",
    });
    await reaches(clock, handle, "completed");
    let claims = 0;
    const intercepted = interceptedStore(store, (method, go) => {
      if (method === "claim") claims += 1;
      return go();
    });
    const retention = { completedMs: 60_000 };
    await host({ workflows: [ends], store: intercepted, clock: ahead, retention, pollMs: 600_000 });
    await clock.advance(50_000);
    expect(claims).toBeLessThan(5);
    expect(await store.get("a")).not.toBeNull();
    await clock.advance(30_000);
    expect(await store.get("a")).toBeNull();
  });
});
