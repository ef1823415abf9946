import { type Client, createClient, defineWorkflow, type Host } from "holdfast";
import { memoryStore } from "holdfast/memory";
import { describe, expect, it } from "vitest";
import { reaches, type VirtualStore, virtualStore } from "./host-on-virtual-clock.ts";
import { interceptedStore } from "./intercepted-store.ts";

const LEASE_MS = 1_000;
const CRASH_BUDGET = 6;
/** Far more than any case needs. */
const LIVES = 40;

/** A process that can die: nothing that it asks its store for is answered any more. */
class Mortal {
  alive = true;

  /** The first run takes `firstReadMs` to be read. */
  store(of: VirtualStore, firstReadMs: number): VirtualStore["store"] {
    let reads = 0;
    return interceptedStore(of.store, (method, go) => {
      if (!this.alive) return new Promise(() => {});
      if (method === "driver.load") reads += 1;
      return method === "driver.load" && reads === 1 ? of.clock.sleep(firstReadMs).then(go) : go();
    });
  }
}

/** Runs that take a while, and one whose step ends its process. */
function cast(virtual: VirtualStore) {
  let process = new Mortal();
  const killer = defineWorkflow({
    name: "killer",
    run: (ctx) =>
      ctx.step("kills", async () => {
        await virtual.clock.sleep(20);
        process.alive = false;
        await new Promise(() => {});
      }),
  });
  const innocent = defineWorkflow({
    name: "innocent",
    run: async (ctx, stepMs: number) => {
      for (let i = 0; i < 3; i++) {
        await ctx.step({ name: `step-${i}`, timeout: 0, run: () => virtual.clock.sleep(stepMs) });
      }
    },
  });
  const killed = new Set<string>();
  const killsOnce = defineWorkflow({
    name: "kills once",
    run: (ctx) =>
      ctx.step("kills", async () => {
        if (killed.has(ctx.workflowId)) return;
        killed.add(ctx.workflowId);
        process.alive = false;
        await new Promise(() => {});
      }),
  });
  let starts = 0;
  const late = defineWorkflow({
    name: "late",
    run: async (ctx) => {
      starts += 1;
      if (starts <= CRASH_BUDGET + 1) {
        process.alive = false;
        await new Promise(() => {});
      }
      await ctx.queue.send("news", null);
      return ctx.step("work", () => "done");
    },
  });
  const begin = (firstReadMs = 0): Promise<Host> => {
    process = new Mortal();
    const limits = { crashBudget: CRASH_BUDGET };
    return virtual.host({
      store: process.store(virtual, firstReadMs),
      workflows: [killer, killsOnce, innocent, late],
      leaseMs: LEASE_MS,
      limits,
    });
  };
  const end = async (): Promise<void> => {
    process.alive = false;
    await virtual.clock.advance(LEASE_MS);
  };
  return { killer, killsOnce, innocent, late, begin, end, dead: () => !process.alive };
}

/** A client in a process that does not die. */
function onlooker({ store, clock }: VirtualStore): Client {
  return createClient({ store, clock, scheduler: clock.scheduler });
}

/** One process after the other, until one has nothing more to do. */
async function live(virtual: VirtualStore, { begin, end, dead }: ReturnType<typeof cast>): Promise<void> {
  for (let lives = 0; lives < LIVES; lives++) {
    const host = await begin();
    await virtual.clock.advance(60_000);
    if (!dead()) return virtual.clock.settle(host.stop());
    await end();
  }
  throw new Error(`Processes died ${LIVES} times.`);
}

describe("a run that ends its process again and again", () => {
  it("is held in the end, and no other run with it", async () => {
    const virtual = virtualStore();
    const { killer, innocent, ...parts } = cast(virtual);
    const host = await parts.begin();
    const guilty = await host.start(killer, { workflowId: "killer" });
    for (let i = 0; i < 8; i++) await host.start(innocent, { workflowId: `innocent-${i}`, input: 100 });
    await virtual.clock.advance(LEASE_MS);
    await live(virtual, { killer, innocent, ...parts });
    const client = onlooker(virtual);
    const { runs } = await client.list({ workflowName: "innocent" });
    expect(runs.map(({ workflowId, status }) => [workflowId, status])).toEqual(
      runs.map(({ workflowId }) => [workflowId, "completed"]),
    );
    const error = client.handle(guilty.workflowId).result({ wait: false });
    await expect(error).rejects.toMatchObject({ name: "RunPausedError", reason: "crash-loop" });
  });
});

describe("a run that is suspected for nothing", () => {
  it("is not held where it has got further since, though it had not for long", async () => {
    const virtual = virtualStore();
    const { late, ...parts } = cast(virtual);
    await (await parts.begin()).start(late, { workflowId: "late" });
    await virtual.clock.advance(LEASE_MS);
    await parts.end();
    await live(virtual, { late, ...parts });
    expect(await onlooker(virtual).handle("late").result({ wait: false })).toBe("done");
  });

  it("keeps others waiting for seconds only, and goes on beside them", async () => {
    const virtual = virtualStore();
    const { innocent, begin, end } = cast(virtual);
    const slow = await (await begin()).start(innocent, { workflowId: "slow", input: 100_000 });
    for (let starts = 0; starts < CRASH_BUDGET / 2; starts++) {
      await end();
      await begin();
      await virtual.clock.advance(500);
    }
    const client = onlooker(virtual);
    const quick = await client.start(innocent, { workflowId: "quick", input: 10 });
    await virtual.clock.advance(4_000);
    expect(await quick.getState()).toBe("pending");
    await virtual.clock.advance(2_000);
    expect(await quick.getState()).toBe("completed");
    expect(await client.handle(slow.workflowId).getState()).toBe("running");
    await virtual.clock.advance(300_000);
    expect(await client.handle(slow.workflowId).getState()).toBe("completed");
  });

  it("is alone from before it is read, lest another end its process meanwhile", async () => {
    const virtual = virtualStore();
    const { innocent, killer, begin, end, dead } = cast(virtual);
    const slow = await (await begin()).start(innocent, { workflowId: "slow", input: 100 });
    for (let starts = 0; starts < CRASH_BUDGET / 2; starts++) {
      await end();
      await begin();
      await virtual.clock.advance(50);
    }
    await end();
    const client = onlooker(virtual);
    await client.start(killer, { workflowId: "killer" });
    await begin(50);
    await virtual.clock.advance(LEASE_MS);
    expect([await client.handle(slow.workflowId).getState(), dead()]).toEqual(["running", true]);
  });

  it("is not held where its body takes longer than neighbours let it live: each start gives it more time alone", async () => {
    const virtual = virtualStore();
    const { innocent, killsOnce, begin, end, dead } = cast(virtual);
    await (await begin()).start(innocent, { workflowId: "slow", input: 12_000 });
    const client = onlooker(virtual);
    const slow = client.handle("slow");
    for (let lives = 0; lives < LIVES && (await slow.getState()) === "running"; lives++) {
      await client.start(killsOnce, { workflowId: `neighbour-${lives}` });
      await virtual.clock.advance(60_000);
      if (!dead()) continue;
      await end();
      await begin();
    }
    expect(await slow.getState()).toBe("completed");
  });

  it("gives way to another one that is inside already", async () => {
    const virtual = virtualStore();
    const { innocent, begin, end } = cast(virtual);
    const host = await begin();
    for (const workflowId of ["a", "b", "c"]) await host.start(innocent, { workflowId, input: 1_000 });
    for (let starts = 0; starts < CRASH_BUDGET / 2; starts++) {
      await end();
      await begin();
      await virtual.clock.advance(500);
    }
    await virtual.clock.advance(500);
    const bodies = virtual.events.filter(
      ({ type, at }) => type === "step-started" && at > virtual.clock.now() - 1_000,
    );
    expect(bodies).toHaveLength(1);
    await virtual.clock.advance(20_000);
    const { runs } = await onlooker(virtual).list();
    expect(runs.map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
  });

  it("a run is held for a commit that is too large also where the reason's own error is", async () => {
    const { clock, host } = virtualStore();
    let bodies = 0;
    const talks = defineWorkflow({
      name: "talks",
      run: async (ctx) => ctx.step("talk", () => "x".repeat(600 * ++bodies)),
    });
    const store = memoryStore({ clock, driverLimits: { batchBytes: 500 } });
    const handle = await (await host({ store, workflows: [talks] })).start(talks);
    await reaches(clock, handle, "paused");
    expect(bodies).toBe(1);
    expect(await handle.getError()).toMatchObject({ code: "RUN_PAUSED", reason: "limit" });
  });
});
