import {
  createClient,
  defaultCodec,
  defineWorkflow,
  type HistorySnapshot,
  InvalidArgumentError,
  type PayloadCodec,
  RunNotFoundError,
  type RunPage,
  RunStateError,
  StorageError,
} from "holdfast";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { Gate, reaches, virtualStore } from "./host-on-virtual-clock.ts";
import { diskFull, interceptedStore } from "./intercepted-store.ts";

const nap = defineWorkflow({
  name: "nap",
  run: async (ctx, input: { ms: number }) => ctx.sleep("nap", input.ms),
});

describe("result", () => {
  it("rejects with the workflow's own error, as it was thrown", async () => {
    const { host, clock } = virtualStore();
    const fails = defineWorkflow({
      name: "fails",
      run: async () => {
        throw Object.assign(new TypeError("no such order"), { code: "NO_ORDER", cause: new Error("why") });
      },
    });
    const handle = await (await host({ workflows: [fails] })).start(fails);
    const error = await clock.settle(handle.result()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: "no such order", code: "NO_ORDER", cause: { message: "why" } });
    expect(await handle.getError()).toEqual(error);
    expect(await handle.getOutput()).toBeUndefined();
  });

  it("tells how the run ended, and not half of that while somebody recovers it", async () => {
    const { host, clock, store } = virtualStore();
    const undone = { fails: true };
    const handler = (): void => {
      if (undone.fails) throw new Error("cannot be undone");
    };
    const fails = defineWorkflow({
      name: "fails",
      run: async (ctx) => {
        await ctx.rollbackCheckpoint("checkpoint");
        await ctx.step({ name: "step", run: () => {}, rollback: { run: handler, maxRetries: 0 } });
        throw new Error("fails");
      },
    });
    const running = await host({ workflows: [fails] });
    const handle = await running.start(fails, { workflowId: "a" });
    await expect(clock.settle(handle.result())).rejects.toThrow("cannot be undone");
    let recovered: Promise<void> | null = null;
    const between = interceptedStore(store, async (method, go) => {
      if (method === "driver.list" && recovered === null) {
        undone.fails = false;
        recovered = handle.recover();
        await recovered;
      }
      return go();
    });
    const client = await createClient({ store: between, clock, scheduler: clock.scheduler });
    const told = (await client.handle("a")).result();
    await expect(clock.settle(told)).rejects.toThrow("fails");
    expect(await handle.getState()).toBe("failed");
  });

  it("takes no other run of the id for one that has lost its error", async () => {
    const { host, clock, store } = virtualStore();
    const fails = defineWorkflow({
      name: "fails",
      run: async (_ctx, input: number) => {
        throw new Error(`fails with ${input}`);
      },
    });
    const running = await host({ workflows: [fails] });
    const failed = async (input: number): Promise<void> => {
      const handle = await running.start(fails, { workflowId: "a", input });
      await expect(clock.settle(handle.result())).rejects.toThrow(`fails with ${input}`);
    };
    await failed(1);
    let looks = 0;
    const between = interceptedStore(store, async (method, go) => {
      if (method !== "driver.list" || ++looks > 1) return go();
      await running.delete("a");
      const rows = await go();
      await failed(2);
      return rows;
    });
    const client = await createClient({ store: between, clock, scheduler: clock.scheduler });
    const told = (await client.handle("a")).result();
    await expect(clock.settle(told)).rejects.toThrow("fails with 2");
  });

  it("gives undefined for a run that returns nothing", async () => {
    const { host, clock } = virtualStore();
    const handle = await (await host({ workflows: [nap] })).start(nap, { input: { ms: 10 } });
    expect(await clock.settle(handle.result())).toBeUndefined();
    expect(await handle.getError()).toBeUndefined();
  });

  it("does not wait when asked not to, nor longer than asked to", async () => {
    const { host, clock } = virtualStore();
    const handle = await (await host({ workflows: [nap] })).start(nap, { input: { ms: 60_000 } });
    await reaches(clock, handle, "sleeping");
    await expect(handle.result({ wait: false })).rejects.toMatchObject({
      code: "RUN_STATE",
      state: "sleeping",
    });
    const before = clock.now();
    await expect(clock.settle(handle.result({ timeout: "10s" }))).rejects.toThrow(RunStateError);
    expect(clock.now() - before).toBe(10_000);
    await clock.settle(handle.result({ timeout: "2m" }));
    expect(await handle.result({ wait: false })).toBeUndefined();
  });

  it.each([
    { what: "the storage", isStorage: true },
    { what: "the codec", isStorage: false },
  ])("tells that $what fails, and not that a run that has ended has not", async ({ isStorage }) => {
    const { host, clock, store } = virtualStore();
    let down = false;
    const failing = interceptedStore(store, (method, go) =>
      down && method === "get" ? Promise.reject(diskFull()) : go(),
    );
    const codec: PayloadCodec = {
      ...defaultCodec,
      decode: (bytes) => {
        if (down) throw new Error("the key service is down");
        return defaultCodec.decode(bytes);
      },
    };
    const troubled = isStorage ? { store: failing } : { codec };
    const handle = await (await host({ workflows: [nap], ...troubled })).start(nap, { input: { ms: 10 } });
    expect(await clock.settle(handle.result())).toBeUndefined();
    down = true;
    await expect(clock.settle(handle.result({ wait: false }))).rejects.toBeInstanceOf(StorageError);
    await expect(clock.settle(handle.result({ timeout: "10s" }))).rejects.toBeInstanceOf(StorageError);
    const waiting = clock.settle(handle.result());
    clock.setTimer(60_000, () => {
      down = false;
    });
    expect(await waiting).toBeUndefined();
  });

  it("comes in the instant in which the run ends", async () => {
    const { host, clock } = virtualStore();
    const gate = new Gate();
    const held = defineWorkflow({
      name: "held",
      run: async (ctx) => ctx.step("held", () => gate.passed.then(() => 1)),
    });
    const handle = await (await host({ workflows: [held] })).start(held);
    const result = handle.result();
    await clock.advance(5_000);
    gate.open();
    await clock.runUntilIdle();
    await expect(result).resolves.toBe(1);
  });

  it("of a run that does not exist, or exists no longer, is an error", async () => {
    const { host, clock } = virtualStore();
    const running = await host({ workflows: [nap] });
    await expect(running.handle("none").result()).rejects.toThrow(RunNotFoundError);
    const handle = await running.start(nap, { workflowId: "a", input: { ms: 60_000 } });
    await reaches(clock, handle, "sleeping");
    const result = handle.result();
    result.catch(() => {});
    expect(await running.delete("a")).toBe(true);
    await clock.advance(10_000);
    await expect(result).rejects.toThrow(RunNotFoundError);
    expect(await running.delete("a")).toBe(false);
    expect(await handle.getState()).toBeNull();
  });
});

describe("delete", () => {
  it("stops the run here, and frees its id", async () => {
    const { host, clock } = virtualStore();
    const reasons: unknown[] = [];
    const held = defineWorkflow({
      name: "held",
      run: async (ctx) =>
        ctx.step("held", ({ signal }) => {
          signal.addEventListener("abort", () => reasons.push(signal.reason));
          return new Promise(() => {});
        }),
    });
    const running = await host({ workflows: [held] });
    await running.start(held, { workflowId: "a" });
    await clock.runUntilIdle();
    await running.delete("a");
    expect(reasons).toEqual([expect.any(RunNotFoundError)]);
    await running.start(held, { workflowId: "a" });
    await clock.runUntilIdle();
    expect(await running.handle("a").getState()).toBe("running");
  });
});

describe("get and list", () => {
  it("get gives a handle of a run that exists, else null", async () => {
    const { host } = virtualStore();
    const running = await host({ workflows: [nap] });
    await running.start(nap, { workflowId: "a", input: { ms: 1 } });
    expect((await running.get("a"))?.workflowId).toBe("a");
    expect(await running.get("b")).toBeNull();
    expect(() => running.handle("")).toThrow(InvalidArgumentError);
  });

  it("list pages through all runs, newest first, while others are created", async () => {
    const { host, store, clock } = virtualStore();
    const client = createClient({ store, clock });
    for (let i = 0; i < 25; i++) await client.start(nap, { workflowId: `run-${i}`, input: { ms: 1 } });
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: RunPage = await client.list({ limit: 10, cursor });
      ids.push(...page.runs.map((run) => run.workflowId));
      await client.start(nap, { workflowId: `late-${ids.length}`, input: { ms: 1 } });
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => `run-${24 - i}`));
    await host({ workflows: [nap] });
    await clock.advance(5_000);
    expect((await client.list({ status: "completed" })).runs).toHaveLength(28);
    expect((await client.list({ status: ["pending", "sleeping"] })).runs).toEqual([]);
    expect((await client.list({ workflowName: "other" })).runs).toEqual([]);
    expect((await client.statistics()).runs.completed).toBe(28);
  });

  it("list refuses what is no page", async () => {
    const { store } = virtualStore();
    const client = createClient({ store });
    await expect(client.list({ limit: 0 })).rejects.toThrow(InvalidArgumentError);
    await expect(client.list({ limit: 1_001 })).rejects.toThrow(InvalidArgumentError);
    await expect(client.list({ status: "done" as never })).rejects.toThrow(InvalidArgumentError);
    await expect(client.list({ cursor: "x" })).rejects.toThrow(InvalidArgumentError);
  });
});

describe("history and watch", () => {
  it("show what is recorded, wherever it is run", async () => {
    const { host, clock, store } = virtualStore();
    const steps = defineWorkflow({
      name: "steps",
      run: async (ctx) => {
        for (let i = 0; i < 3; i++) {
          await ctx.step(`step-${i}`, () => i);
          await ctx.sleep(`nap-${i}`, 1_000);
        }
      },
    });
    const handle = await (await host({ workflows: [steps] })).start(steps, { workflowId: "a" });
    const seen: HistorySnapshot[] = [];
    const watching = (async () => {
      for await (const snapshot of createClient({ store, clock }).handle("a").watch()) seen.push(snapshot);
    })();
    await clock.settle(Promise.all([handle.result(), watching]));
    const revisions = seen.map((snapshot) => snapshot.revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    expect(seen.at(-1)?.status).toBe("completed");
    expect((await handle.history()).entries.map((entry) => entry.id)).toEqual(
      seen.at(-1)?.entries.map((entry) => entry.id),
    );
  });

  it("watch of a run that there is not tells so, as every other call does", async () => {
    const { clock, store } = virtualStore();
    const watching = createClient({ store, clock }).handle("none").watch()[Symbol.asyncIterator]();
    await expect(watching.next()).rejects.toThrow(RunNotFoundError);
    expect(await watching.next()).toEqual({ done: true, value: undefined });
  });

  it("watch ends when it is left, and when the run is deleted", async () => {
    const { host, clock } = virtualStore();
    const running = await host({ workflows: [nap] });
    const handle = await running.start(nap, { workflowId: "a", input: { ms: 3_600_000 } });
    for await (const snapshot of handle.watch()) {
      expect(snapshot.workflowId).toBe("a");
      break;
    }
    const watching = (async () => {
      let seen = 0;
      for await (const _snapshot of handle.watch()) seen += 1;
      return seen;
    })();
    await reaches(clock, handle, "sleeping");
    await running.delete("a");
    expect(await clock.settle(watching)).toBeGreaterThan(0);
  });

  it("watch ends when it is left while it waits, and asks the store no more", async () => {
    const { host, clock, store } = virtualStore();
    const running = await host({ workflows: [nap] });
    await reaches(clock, await running.start(nap, { workflowId: "a", input: { ms: 3_600_000 } }), "sleeping");
    await clock.settle(running.stop());
    const watching = createClient({ store, clock }).handle("a").watch()[Symbol.asyncIterator]();
    expect((await clock.settle(watching.next())).value?.status).toBe("sleeping");
    const waiting = watching.next();
    await clock.advance(5_000);
    expect(await clock.settle(watching.return?.() ?? waiting)).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(clock.pending).toBe(0);
  });

  it("watch goes on to the end of a run whose starter's clock is ahead", async () => {
    const { host, clock, store } = virtualStore();
    const ahead = {
      now: () => clock.now() + 3_600_000,
      monotonic: () => clock.monotonic(),
      setTimer: (delayMs: number, fire: () => void) => clock.setTimer(delayMs, fire),
    };
    const handle = await createClient({ store, clock: ahead }).start(nap, {
      workflowId: "a",
      input: { ms: 1_000 },
    });
    const watching = handle.watch()[Symbol.asyncIterator]();
    expect((await clock.settle(watching.next())).value?.status).toBe("pending");
    await host({ workflows: [nap] });
    const rest = (async () => {
      let last = "";
      for await (const { status } of { [Symbol.asyncIterator]: () => watching }) last = status;
      return last;
    })();
    expect(await clock.settle(rest)).toBe("completed");
  });

  it("watch ends when its run is deleted between the looks at its row and its history", async () => {
    const { host, clock, store } = virtualStore();
    const running = await host({ workflows: [nap] });
    await reaches(clock, await running.start(nap, { workflowId: "a", input: { ms: 3_600_000 } }), "sleeping");
    const deletes = interceptedStore(store, async (method, go) => {
      const found = await go();
      if (method === "get") await store.delete("a");
      return found;
    });
    const watching = createClient({ store: deletes, clock }).handle("a").watch()[Symbol.asyncIterator]();
    expect(await clock.settle(watching.next())).toEqual({ done: true, value: undefined });
  });

  it.each(["pending", "sleeping"] as const)(
    "watch of a %s run ends when another one, created at the same instant, sleeps before anybody looks",
    async (state) => {
      const { host, clock } = virtualStore();
      const running = await host({ workflows: [nap] });
      const start = () => running.start(nap, { workflowId: "a", input: { ms: 3_600_000 } });
      const handle = await start();
      const watching = handle.watch()[Symbol.asyncIterator]();
      if (state === "sleeping") await reaches(clock, handle, state);
      expect((await clock.settle(watching.next())).value?.status).toBe(state);
      await running.delete("a");
      await reaches(clock, await start(), "sleeping");
      expect(await clock.settle(watching.next())).toEqual({ done: true, value: undefined });
    },
  );

  it("watch ends when its run is deleted and another one has the id before anybody looks", async () => {
    for (const ms of [5_000, 3_600_000]) {
      const { host, clock } = virtualStore();
      const running = await host({ workflows: [nap] });
      const handle = await running.start(nap, { workflowId: "a", input: { ms: 3_600_000 } });
      await reaches(clock, handle, "sleeping");
      const watching = handle.watch()[Symbol.asyncIterator]();
      expect((await clock.settle(watching.next())).value?.status).toBe("sleeping");
      await running.delete("a");
      await clock.advance(1);
      await running.start(nap, { workflowId: "a", input: { ms } });
      expect(await clock.settle(watching.next())).toEqual({ done: true, value: undefined });
    }
  });
});

describe("types", () => {
  it("come from the workflow", async () => {
    const typed = defineWorkflow({
      name: "typed",
      input: z.object({ n: z.number(), m: z.number().default(1) }),
      output: z.object({ sum: z.number() }),
      messages: { more: z.object({ n: z.number() }) },
      run: async (_ctx, { n, m }) => ({ sum: n + m }),
    });
    const { host, clock } = virtualStore();
    const running = await host({ workflows: [typed, async (_ctx, input: { deep: string[] }) => input.deep] });
    const handle = await running.start(typed, { input: { n: 1 } });
    expectTypeOf(await clock.settle(handle.result())).toEqualTypeOf<{ sum: number }>();
    expectTypeOf(running.handle("a", typed).getOutput).returns.resolves.toEqualTypeOf<
      { sum: number } | undefined
    >();
    // @ts-expect-error There is no such message.
    const unknown = () => handle.send("less", { n: 1 });
    // @ts-expect-error The body has another type.
    const misfit = () => handle.send("more", { n: "1" });
    // @ts-expect-error The input is not optional.
    const start = () => running.start(typed);
    // @ts-expect-error The input has another type.
    const wrong = () => running.start(typed, { input: { n: "1" } });
    expect([unknown, misfit, start, wrong]).toHaveLength(4);
  });
});
