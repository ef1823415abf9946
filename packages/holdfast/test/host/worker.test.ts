import { createClient, defineWorkflow, type WorkflowHandle } from "holdfast";
import { describe, expect, it } from "vitest";
import { Gate, reaches, virtualStore } from "./host-on-virtual-clock.ts";
import { diskFull, interceptedStore } from "./intercepted-store.ts";

/** Waits for `rounds` messages; counts calls of the function, and so replays. */
function rounds() {
  const seen = { functions: 0, bodies: 0 };
  const workflow = defineWorkflow({
    name: "rounds",
    run: async (ctx, input: { rounds: number }) => {
      seen.functions += 1;
      for (let i = 0; i < input.rounds; i++) {
        await ctx.listen(`wait-${i}`, "go");
        await ctx.step(`step-${i}`, () => ++seen.bodies);
      }
      return seen.bodies;
    },
  });
  return { seen, workflow };
}

describe("parked runs", () => {
  it("go on in place, without replay", async () => {
    const { host, clock } = virtualStore();
    const { seen, workflow } = rounds();
    const handle = await (await host({ workflows: [workflow] })).start(workflow, {
      workflowId: "a",
      input: { rounds: 5 },
    });
    for (let i = 0; i < 5; i++) {
      await reaches(clock, handle, "sleeping");
      await handle.send("go");
      await clock.advance(1);
    }
    expect(await clock.settle(handle.result())).toBe(5);
    expect(seen.functions).toBe(1);
  });

  it("replay when there is no room for them in memory, and their bodies do not run again", async () => {
    const { host, clock } = virtualStore();
    const { seen, workflow } = rounds();
    const running = await host({ workflows: [workflow], cacheSize: 0 });
    const handle = await running.start(workflow, { workflowId: "a", input: { rounds: 3 } });
    for (let i = 0; i < 3; i++) {
      await reaches(clock, handle, "sleeping");
      await handle.send("go");
      await clock.advance(1);
    }
    expect(await clock.settle(handle.result())).toBe(3);
    expect(seen).toEqual({ functions: 4, bodies: 3 });
  });

  it("leave memory least recently used first", async () => {
    const { host, clock } = virtualStore();
    const functions: string[] = [];
    const waits = defineWorkflow({
      name: "waits",
      run: async (ctx) => {
        functions.push(ctx.workflowId);
        for (let i = 0; i < 2; i++) await ctx.listen(`wait-${i}`, "go");
      },
    });
    const running = await host({ workflows: [waits], cacheSize: 2 });
    const handles = new Map<string, WorkflowHandle>();
    for (const workflowId of ["a", "b", "c"]) {
      const handle = await running.start(waits, { workflowId });
      handles.set(workflowId, handle);
      await reaches(clock, handle, "sleeping");
    }
    functions.length = 0;
    for (const handle of [...handles.values()].reverse()) {
      await handle.send("go");
      await clock.advance(1);
    }
    expect(functions).toEqual(["a"]);
  });

  it("that went on elsewhere are read again", async () => {
    const { host, clock, store } = virtualStore();
    const { seen, workflow } = rounds();
    const first = await host({ workflows: [workflow], pollMs: 1_000_000 });
    const handle = await first.start(workflow, { workflowId: "a", input: { rounds: 2 } });
    await reaches(clock, handle, "sleeping");
    await handle.pause();
    await handle.resume();
    await clock.runUntilIdle();
    await handle.send("go");
    await reaches(clock, handle, "sleeping");
    await handle.send("go");
    expect(await clock.settle(handle.result())).toBe(2);
    expect(seen).toEqual({ functions: 2, bodies: 2 });
    expect((await store.get("a"))?.lease).toBeNull();
  });
});

describe("a host", () => {
  it("runs at most as many runs at once as it may, and all of them in the end", async () => {
    const { host, clock } = virtualStore();
    let running = 0;
    let most = 0;
    const busy = defineWorkflow({
      name: "busy",
      run: async (ctx) =>
        ctx.step("work", async () => {
          running += 1;
          most = Math.max(most, running);
          await clock.sleep(100);
          running -= 1;
        }),
    });
    const made = await host({ workflows: [busy], concurrency: 3 });
    const handles = await Promise.all(Array.from({ length: 20 }, () => made.start(busy)));
    await clock.settle(Promise.all(handles.map((handle) => handle.result())));
    expect(most).toBe(3);
  });

  it("takes the longest due runs first", async () => {
    const { host, clock } = virtualStore();
    const order: string[] = [];
    const queue = defineWorkflow({
      name: "queue",
      run: async (ctx) => ctx.step("go", () => order.push(ctx.workflowId)),
    });
    const client = await host({ workflows: [queue], concurrency: 1 });
    await client.stop();
    for (const workflowId of ["c", "a", "b"]) {
      await client.start(queue, { workflowId });
      await clock.advance(10);
    }
    await host({ workflows: [queue], concurrency: 1 });
    await clock.advance(100);
    expect(order).toEqual(["c", "a", "b"]);
  });

  it("leaves runs of workflows that it does not know to others", async () => {
    const { host, clock, complaints } = virtualStore();
    const mine = defineWorkflow({ name: "mine", run: async () => "mine" });
    const theirs = defineWorkflow({ name: "theirs", run: async () => "theirs" });
    const other = await host({ workflows: [theirs] });
    await other.stop();
    const handle = await other.start(theirs, { workflowId: "a" });
    const running = await host({ workflows: [mine] });
    await clock.advance(120_000);
    expect(await running.handle("a").getState()).toBe("pending");
    expect(await clock.settle((await running.start(mine)).result())).toBe("mine");
    await host({ workflows: [theirs] });
    expect(await clock.settle(running.handle("a").result())).toBe("theirs");
    expect(handle.workflowId).toBe("a");
    expect(complaints).toEqual([]);
  });

  it("wakes for a timer at its time, not at its next poll", async () => {
    const { host, clock } = virtualStore();
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.sleep("nap", 90_000) });
    const handle = await (await host({ workflows: [nap], pollMs: 60_000 })).start(nap);
    const before = clock.now();
    await clock.settle(handle.result());
    expect(clock.now() - before).toBe(90_000);
  });

  it("finds work by polling alone", async () => {
    const { host, clock, store } = virtualStore();
    const deaf = interceptedStore(store, (method, go) => (method === "wait" ? new Promise(() => {}) : go()));
    const { seen, workflow } = rounds();
    const running = await host({ workflows: [workflow], store: deaf });
    const handle = await running.start(workflow, { workflowId: "a", input: { rounds: 1 } });
    await reaches(clock, handle, "sleeping");
    const before = clock.now();
    await handle.send("go");
    await clock.settle(handle.result());
    expect(clock.now() - before).toBeLessThanOrEqual(2_000);
    expect(seen).toEqual({ functions: 1, bodies: 1 });
  });

  it("goes on when the store fails for a while, and consumes no attempt", async () => {
    const { host, clock, store, complaints } = virtualStore();
    let failing = false;
    const writes = ["claim", "release", "renew", "driver.commit"];
    const flaky = interceptedStore(store, (method, go) =>
      failing && writes.includes(method) ? Promise.reject(diskFull()) : go(),
    );
    const gate = new Gate();
    const attempts: number[] = [];
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) => {
        await ctx.step("held", () => gate.passed);
        return ctx.step("count", ({ attempt }) => attempts.push(attempt));
      },
    });
    const handle = await (await host({ workflows: [work], store: flaky })).start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    failing = true;
    gate.open();
    await clock.advance(120_000);
    expect(await handle.getState()).toBe("pending");
    expect(complaints.length).toBeGreaterThan(0);
    failing = false;
    expect(await clock.settle(handle.result())).toBe(1);
    expect(attempts).toEqual([1]);
  });
});

describe("stop", () => {
  it("lets running bodies finish, starts no further one, and gives every claim back", async () => {
    const { host, clock, store } = virtualStore();
    const held = new Gate();
    const bodies: string[] = [];
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) => {
        await ctx.step("first", async ({ signal }) => {
          await held.passed;
          bodies.push(`first ${signal.aborted}`);
        });
        await ctx.step("second", () => bodies.push("second"));
        return "done";
      },
    });
    const first = await host({ workflows: [work] });
    const handle = await first.start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    const stopping = Promise.all([first.stop(), first.stop()]);
    await clock.runUntilIdle();
    held.open();
    await clock.settle(stopping);
    expect(bodies).toEqual(["first false"]);
    expect((await store.get("a"))?.lease).toBeNull();
    expect((await store.get("a"))?.revision).toBe(2);
    expect(clock.pending).toBe(0);
    const second = await host({ workflows: [work] });
    expect(await clock.settle(second.handle("a").result())).toBe("done");
    expect(bodies).toEqual(["first false", "second"]);
    expect(handle.workflowId).toBe("a");
  });

  it("ends the waits of its handles at once, however often they were told of nothing", async () => {
    const { host, clock } = virtualStore();
    const { workflow } = rounds();
    const running = await host({ workflows: [workflow] });
    const handle = await running.start(workflow, { workflowId: "a", input: { rounds: 100 } });
    const waits = Promise.allSettled([handle.result(), handle.request("unheard", null)]);
    for (let i = 0; i < 40; i++) {
      await handle.send("go");
      await clock.runUntilIdle();
    }
    await running.stop();
    expect(await waits).toMatchObject([
      { reason: { code: "RUN_EVICTED" } },
      { reason: { code: "RUN_EVICTED" } },
    ]);
    expect(clock.pending).toBe(0);
  });

  it("leaves no timer of a host that was told again and again of work that is not for it", async () => {
    const { host, clock, store } = virtualStore();
    const idle = await host({ workflows: [] });
    const client = createClient({ store, clock, scheduler: clock.scheduler });
    for (let i = 0; i < 20; i++) {
      await client.start("others", { workflowId: `${i}` });
      await clock.runUntilIdle();
    }
    await idle.stop();
    expect(clock.pending).toBe(0);
  });

  it("tells bodies that do not finish in time by their signals", async () => {
    const { host, clock, store } = virtualStore();
    let reason: unknown;
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) =>
        ctx.step(
          "long",
          ({ signal }) =>
            new Promise<void>((_resolve, reject) => {
              signal.addEventListener("abort", () => {
                reason = signal.reason;
                reject(signal.reason);
              });
            }),
          { timeout: 0 },
        ),
    });
    const first = await host({ workflows: [work] });
    await first.start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    const before = clock.now();
    await clock.settle(first.stop({ timeoutMs: 5_000 }));
    expect(clock.now() - before).toBe(5_000);
    expect(reason).toMatchObject({ code: "RUN_EVICTED" });
    expect((await store.get("a"))?.lease).toBeNull();
    expect(await first.handle("a").getState()).toBe("pending");
  });

  it("can be hurried by a second call", async () => {
    const { host, clock } = virtualStore();
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) => ctx.step("long", () => new Promise(() => {}), { timeout: 0 }),
    });
    const first = await host({ workflows: [work] });
    await first.start(work);
    await clock.runUntilIdle();
    const before = clock.now();
    const stopping = first.stop({ timeoutMs: 60_000 });
    await clock.advance(1_000);
    await clock.settle(Promise.all([stopping, first.stop({ timeoutMs: 0 })]));
    expect(clock.now() - before).toBe(1_000);
  });

  it("ends the waits of its handles, but not their other methods", async () => {
    const { host, clock } = virtualStore();
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.listen("wait", "go") });
    const first = await host({ workflows: [nap] });
    const handle = await first.start(nap, { workflowId: "a" });
    await reaches(clock, handle, "sleeping");
    const result = handle.result();
    result.catch(() => {});
    await clock.settle(first.stop());
    await expect(result).rejects.toMatchObject({ code: "RUN_EVICTED" });
    await handle.send("go", 1);
    expect(await handle.getState()).toBe("sleeping");
    expect(clock.pending).toBe(0);
  });

  it("comes with SIGTERM where that is asked for", async () => {
    const { host, clock } = virtualStore();
    const before = process.listenerCount("SIGTERM");
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.sleep("nap", "1d") });
    const first = await host({ workflows: [nap], drainOnSignal: true });
    expect(process.listenerCount("SIGTERM")).toBe(before + 1);
    process.emit("SIGTERM");
    await clock.runUntilIdle();
    expect(process.listenerCount("SIGTERM")).toBe(before);
    await first.start(nap, { workflowId: "a" });
    await clock.advance(5_000);
    expect(await first.handle("a").getState()).toBe("pending");
  });
});
