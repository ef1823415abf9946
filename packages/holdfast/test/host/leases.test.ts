import {
  createClient,
  defineWorkflow,
  FencedError,
  type WorkflowDefinition,
  type WorkflowHandle,
} from "holdfast";
import { memoryStore } from "holdfast/memory";
import { virtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Backoff } from "../../src/host/backoff.ts";
import { LateCommits } from "../../src/host/late-commits.ts";
import { Lease } from "../../src/host/lease.ts";
import { LeaseGuard } from "../../src/host/lease-guard.ts";
import { systemWorld } from "../../src/system/system-world.ts";
import { Gate, reaches, virtualStore } from "./host-on-virtual-clock.ts";
import { diskFull, interceptedStore } from "./intercepted-store.ts";

/** One long step, then a short one. */
function work() {
  const gate = new Gate();
  const bodies: string[] = [];
  const reasons: unknown[] = [];
  const workflow = defineWorkflow({
    name: "work",
    run: async (ctx) => {
      await ctx.step(
        "long",
        async ({ signal }) => {
          bodies.push("long");
          signal.addEventListener("abort", () => reasons.push(signal.reason));
          await gate.passed;
        },
        { timeout: 0 },
      );
      return ctx.step("short", () => bodies.push("short"));
    },
  });
  return { gate, bodies, reasons, workflow };
}

describe("a lease", () => {
  it("is renewed for as long as a step runs", async () => {
    const { host, clock, events, store } = virtualStore();
    const { gate, bodies, workflow } = work();
    const handle = await (await host({ workflows: [workflow], leaseMs: 3_000 })).start(workflow, {
      workflowId: "a",
    });
    await host({ workflows: [workflow], leaseMs: 3_000 });
    await clock.advance(600_000);
    expect((await store.get("a"))?.epoch).toBe(1);
    gate.open();
    await clock.settle(handle.result());
    expect(bodies).toEqual(["long", "short"]);
    expect(events.some((event) => event.type === "fenced")).toBe(false);
  });

  it("that was taken before its run was read starts nothing", async () => {
    const { host, clock, store } = virtualStore();
    const { bodies, workflow } = work();
    const robbed = interceptedStore(store, async (method, go) => {
      if (method === "driver.load" && bodies.length === 0) {
        const run = { workflowId: "a", force: true };
        await store.claim({ owner: "robber", leaseMs: 60_000, limit: 1, workflowNames: null, run });
      }
      return go();
    });
    await createClient({ store, clock }).start(workflow, { workflowId: "a" });
    await host({ workflows: [workflow], store: robbed });
    await clock.advance(50_000);
    expect(bodies).toEqual([]);
    expect((await store.get("a"))?.lease?.owner).toBe("robber");
  });

  it("that was over before its host was told of it is not begun with, not even in place", async () => {
    const { host, clock, store } = virtualStore();
    const seen: string[] = [];
    const nap = defineWorkflow({
      name: "nap",
      run: async (ctx) => {
        seen.push("begins");
        await ctx.sleep("nap", "1m");
        seen.push("goes on");
      },
    });
    let claims = 0;
    const slow = interceptedStore(store, async (method, go) => {
      const answer = await go();
      const due = method === "claim" && (await store.get("a"))?.lease != null;
      if (due && ++claims === 1) await clock.sleep(20_000);
      return answer;
    });
    const running = await host({ workflows: [nap], store: slow, leaseMs: 6_000 });
    const handle = await running.start(nap, { workflowId: "a" });
    await clock.settle(handle.result());
    expect(seen).toEqual(["begins", "begins", "goes on"]);
  });

  it("costs a short run nothing", async () => {
    const { host, clock, store } = virtualStore();
    const quick = defineWorkflow({
      name: "quick",
      run: async (ctx) => ctx.step("one", () => clock.sleep(1_000)),
    });
    const handle = await (await host({ workflows: [quick], leaseMs: 30_000 })).start(quick);
    await clock.settle(handle.result());
    expect(store.stats.transactions).toBe(2);
  });

  it("that cannot be renewed is over here before it is over in the store, and nothing further happens", async () => {
    const { host, clock, events, store } = virtualStore();
    const { gate, bodies, reasons, workflow } = work();
    const cutOff = interceptedStore(store, (method, go) =>
      method === "renew" || method === "release" ? Promise.reject(diskFull()) : go(),
    );
    await (await host({ workflows: [workflow], store: cutOff, leaseMs: 6_000 })).start(workflow, {
      workflowId: "a",
    });
    await clock.advance(4_999);
    expect(reasons).toEqual([]);
    await clock.advance(2);
    expect(reasons).toEqual([expect.any(FencedError)]);
    expect((await store.get("a"))?.lease).not.toBeNull();
    gate.open();
    await clock.advance(500);
    expect(bodies).toEqual(["long"]);
    expect(events.filter((event) => event.type === "fenced")).toHaveLength(1);
    expect((await store.get("a"))?.revision).toBe(1);
  });

  it("whose renewal is not answered is over too", async () => {
    const { host, clock, store } = virtualStore();
    const { reasons, workflow } = work();
    const hung = interceptedStore(store, (method, go) => (method === "renew" ? new Promise(() => {}) : go()));
    await (await host({ workflows: [workflow], store: hung, leaseMs: 6_000 })).start(workflow, {
      workflowId: "a",
    });
    await clock.advance(5_001);
    expect(reasons).toEqual([expect.any(FencedError)]);
  });

  it("survives a renewal that fails once", async () => {
    const { host, clock, store } = virtualStore();
    const { gate, reasons, workflow } = work();
    let failures = 1;
    const flaky = interceptedStore(store, (method, go) =>
      method === "renew" && failures-- > 0 ? Promise.reject(diskFull()) : go(),
    );
    const handle = await (await host({ workflows: [workflow], store: flaky, leaseMs: 6_000 })).start(
      workflow,
    );
    await clock.advance(60_000);
    gate.open();
    await clock.settle(handle.result());
    expect(reasons).toEqual([]);
  });

  it("that was taken stops the run with FencedError, and it goes on with whoever took it", async () => {
    const { host, clock, events, store } = virtualStore();
    const { gate, bodies, reasons, workflow } = work();
    const handle = await (await host({ workflows: [workflow], leaseMs: 6_000 })).start(workflow, {
      workflowId: "a",
    });
    await clock.runUntilIdle();
    const request = { owner: "thief", leaseMs: 60_000, limit: 1, workflowNames: null };
    await store.claim({ ...request, run: { workflowId: "a", force: true } });
    await clock.advance(2_001);
    expect(reasons).toEqual([expect.any(FencedError)]);
    expect(events.filter((event) => event.type === "fenced")).toHaveLength(1);
    gate.open();
    await clock.advance(40_000);
    expect(bodies).toEqual(["long"]);
    await clock.settle(handle.result());
    expect(bodies).toEqual(["long", "long", "short"]);
  });

  it("that was taken ends at once where its host is given the run again", async () => {
    const { host, clock, events, store } = virtualStore();
    const { gate, bodies, reasons, workflow } = work();
    const handle = await (await host({ workflows: [workflow], leaseMs: 600_000, pollMs: 100 })).start(
      workflow,
      { workflowId: "a" },
    );
    await clock.runUntilIdle();
    const request = { owner: "thief", leaseMs: 600_000, limit: 1, workflowNames: null };
    const { claims } = await store.claim({ ...request, run: { workflowId: "a", force: true } });
    for (const claim of claims) await store.release(claim);
    await clock.advance(200);
    expect(reasons).toEqual([expect.any(FencedError)]);
    expect(events.filter((event) => event.type === "fenced")).toHaveLength(1);
    gate.open();
    await clock.settle(handle.result());
    expect(bodies).toEqual(["long", "long", "short"]);
  });

  it("that was taken lets no commit through, and says so once", async () => {
    const { host, clock, events, store } = virtualStore();
    const { gate, bodies, workflow } = work();
    await (await host({ workflows: [workflow], leaseMs: 600_000 })).start(workflow, { workflowId: "a" });
    await clock.runUntilIdle();
    const request = { owner: "thief", leaseMs: 600_000, limit: 1, workflowNames: null };
    await store.claim({ ...request, run: { workflowId: "a", force: true } });
    gate.open();
    await clock.advance(1_000);
    expect(bodies).toEqual(["long"]);
    expect((await store.get("a"))?.revision).toBe(1);
    expect(events.filter((event) => event.type === "fenced")).toHaveLength(1);
  });
});

describe("a run of a host that died", () => {
  it("goes on in another one when its lease has ended", async () => {
    const { host, clock, store } = virtualStore();
    const { gate, bodies, workflow } = work();
    let died = false;
    const dying = interceptedStore(store, (_method, go) => (died ? new Promise(() => {}) : go()));
    const first = await host({ workflows: [workflow], store: dying, leaseMs: 6_000 });
    await first.start(workflow, { workflowId: "a" });
    await clock.runUntilIdle();
    died = true;
    const second = await host({ workflows: [workflow], leaseMs: 6_000 });
    await clock.advance(5_900);
    expect(bodies).toEqual(["long"]);
    await clock.advance(1_100);
    expect(bodies).toEqual(["long", "long"]);
    gate.open();
    await clock.settle(second.handle("a").result());
    expect(bodies).toEqual(["long", "long", "short"]);
  });
});

/** A host whose event loop can be blocked: its clocks go on, and no timer fires. */
function blockable() {
  const { host, events, clock } = virtualStore();
  let blockedMs = 0;
  const late = {
    now: () => clock.now() + blockedMs,
    monotonic: () => clock.monotonic() + blockedMs,
    setTimer: (delayMs: number, fire: () => void) => clock.setTimer(delayMs, fire),
  };
  const store = memoryStore({ clock: late });
  return {
    clock,
    store,
    late,
    block: () => {
      blockedMs += 60_000;
    },
    fenced: () => events.filter(({ type }) => type === "fenced").length,
    start: async (workflow: WorkflowDefinition): Promise<WorkflowHandle> => {
      const running = await host({ workflows: [workflow], store, clock: late, leaseMs: 30_000 });
      return running.start(workflow.name, { workflowId: "a" });
    },
  };
}

describe("a blocked event loop", () => {
  it("lets nothing start when the lease ended meanwhile, and keeps what had come by then", async () => {
    const { clock, block, fenced, start } = blockable();
    const bodies: string[] = [];
    const blocking = defineWorkflow({
      name: "blocking",
      run: async (ctx) => {
        const body = (): void => {
          bodies.push("block");
          if (bodies.length === 1) block();
        };
        await ctx.step("block", body, { ephemeral: true, timeout: 0 });
        return ctx.step("after", () => bodies.push("after"));
      },
    });
    const handle = await start(blocking);
    await clock.settle(handle.result());
    expect([bodies, fenced()]).toEqual([["block", "after"], 1]);
  });

  it("has what had come by then stored before its host looks for work again", async () => {
    const { clock, store, late, block, fenced, start } = blockable();
    const client = createClient({ store, clock: late });
    const bodies: string[] = [];
    const blocking = defineWorkflow({
      name: "blocking",
      run: (ctx) =>
        ctx.step("block", () => {
          bodies.push("block");
          if (bodies.length > 1) return;
          block();
          void client.start("blocking", { workflowId: "c" });
        }),
    });
    const handle = await start(blocking);
    await clock.settle(handle.result());
    await clock.settle(client.handle("c").result());
    expect([bodies, fenced()]).toEqual([["block", "block"], 1]);
  });

  it("lets no body start that workflow code asks for after it has blocked", async () => {
    const { clock, block, fenced, start } = blockable();
    const seen: string[] = [];
    const handle = await start(
      defineWorkflow({
        name: "slow code",
        run: async (ctx) => {
          seen.push("code");
          if (seen.length === 1) block();
          await ctx.step("step", () => seen.push("body"));
        },
      }),
    );
    await clock.settle(handle.result());
    expect([seen, fenced()]).toEqual([["code", "code", "body"], 1]);
  });

  it("lets no body start beside one that has blocked", async () => {
    const { clock, block, fenced, start } = blockable();
    const bodies: string[] = [];
    const handle = await start(
      defineWorkflow({
        name: "side by side",
        run: async (ctx) => {
          const first = ctx.step("first", () => {
            bodies.push("first");
            if (bodies.length === 1) block();
          });
          await Promise.all([first, ctx.step("second", () => bodies.push("second"))]);
        },
      }),
    );
    await clock.settle(handle.result());
    expect([bodies, fenced()]).toEqual([["first", "first", "second"], 1]);
  });

  it("sends once what the code had sent before it", async () => {
    const { clock, block, fenced, start } = blockable();
    let passes = 0;
    const handle = await start(
      defineWorkflow({
        name: "sends to itself",
        run: async (ctx) => {
          await ctx.step("step", () => {});
          const sent = ctx.queue.send("news", 1, { to: "a" });
          passes += 1;
          if (passes === 1) block();
          await sent;
          const received = await ctx.queue.nextBatch("all", { names: ["news"], count: 9, timeout: 1_000 });
          return received.length;
        },
      }),
    );
    expect([await clock.settle(handle.result()), passes, fenced()]).toEqual([1, 2, 1]);
  });

  it("lets no rollback handler start after it", async () => {
    const { clock, block, fenced, start } = blockable();
    const seen: string[] = [];
    const handle = await start(
      defineWorkflow({
        name: "slow rollback",
        run: async (ctx) => {
          seen.push("code");
          await ctx.rollbackCheckpoint("checkpoint");
          await ctx.step("step", () => {}, { rollback: () => void seen.push("handler") });
          // The second time is the one that collects handlers.
          if (seen.length === 2) block();
          throw new Error("fails");
        },
      }),
    );
    await expect(clock.settle(handle.result())).rejects.toThrow("fails");
    expect([seen, fenced()]).toEqual([["code", "code", "code", "handler"], 1]);
  });

  it("is noticed by every timer and turn, and by commits", async () => {
    const clock = virtualClock();
    const claim = {
      workflowId: "a",
      workflowName: "w",
      epoch: 1,
      revision: 1,
      claimsWithoutCommit: 1,
      leaseMs: 600,
      storeTime: 0,
      requested: null,
    };
    const lost: string[] = [];
    const lease = new Lease(claim, {
      clock,
      since: clock.monotonic(),
      holder: { lost: () => lost.push("lost"), requested: () => {} },
    });
    const guard = new LeaseGuard();
    guard.lease = lease;
    const world = guard.world({ ...systemWorld, clock, scheduler: clock.scheduler });
    const order: string[] = [];
    world.clock.setTimer(499, () => order.push(`timer ${lost.length}`));
    world.clock.setTimer(500, () => order.push(`timer ${lost.length}`));
    world.scheduler.afterMicrotasks(() => order.push(`turn ${lost.length}`));
    await clock.advance(500);
    expect(order).toEqual(["turn 0", "timer 0", "timer 1"]);
    const store = memoryStore({ clock });
    const late = new LateCommits({
      clock,
      backoff: new Backoff(clock, { firstMs: 1, longestMs: 1 }),
      patienceMs: 1,
      added: () => {},
    });
    const driver = guard.driver({
      driver: store.driver({ workflowId: "a", epoch: 1 }),
      workflowId: "a",
      late,
    });
    lease.giveUp();
    await expect(driver.commit({} as never)).rejects.toMatchObject({ code: "RUN_EVICTED" });
    expect(lost).toEqual(["lost"]);
  });
});

describe("reclaiming", () => {
  it("is quick after a host that was stopped", async () => {
    const { host, clock } = virtualStore();
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.listen("wait", "go") });
    const first = await host({ workflows: [nap] });
    const handle = await first.start(nap, { workflowId: "a" });
    await reaches(clock, handle, "sleeping");
    const second = await host({ workflows: [nap] });
    await clock.settle(first.stop());
    const before = clock.now();
    await second.handle("a").send("go", 1);
    expect(await clock.settle(second.handle("a").result())).toBe(1);
    expect(clock.now() - before).toBeLessThan(1_000);
  });
});

describe("an id that is used again", () => {
  it("is another run: what a host has kept in memory of the deleted one does not go on", async () => {
    const { host, clock } = virtualStore();
    const wait = defineWorkflow({
      name: "wait",
      run: async (ctx, input: string) => `${input}, ${await ctx.listen("wait", "go")}`,
    });
    const first = await host({ workflows: [wait] });
    const second = await host({ workflows: [wait] });
    const deleted = await first.start(wait, { workflowId: "a", input: "first" });
    await reaches(clock, deleted, "sleeping");
    await second.delete("a");
    await reaches(clock, await second.start(wait, { workflowId: "a", input: "second" }), "sleeping");
    await clock.settle(second.stop());
    const handle = first.handle("a");
    await handle.send("go", "went");
    expect(await clock.settle(handle.result())).toBe("second, went");
  });

  it("is free at once where a host hears of the deletion when it has begun the new run", async () => {
    const { host, clock, store } = virtualStore();
    const deleted = new Gate();
    const crossed = interceptedStore(store, (method, go) => {
      if (method === "create") return deleted.passed.then(go);
      if (method !== "delete") return go();
      return Promise.resolve(go()).then(async (answer) => {
        deleted.open();
        await clock.sleep(20);
        return answer;
      });
    });
    const quick = defineWorkflow({ name: "quick", run: (ctx) => ctx.step("work", () => clock.sleep(100)) });
    const first = await host({ workflows: [quick], store: crossed, leaseMs: 60_000 });
    const started = first.start(quick, { workflowId: "a" });
    await clock.runUntilIdle();
    await createClient({ store, clock, scheduler: clock.scheduler }).start(quick, { workflowId: "a" });
    await clock.settle(first.delete("a"));
    const handle = await started;
    const before = clock.now();
    await clock.settle(handle.result());
    expect(clock.now() - before).toBeLessThan(10_000);
  });
});
