import {
  createClient,
  defineWorkflow,
  InvalidArgumentError,
  RunCancelledError,
  RunFinishedError,
  RunNotFoundError,
  RunPausedError,
  RunStateError,
  StorageError,
  WorkflowConflictError,
} from "holdfast";
import { describe, expect, it } from "vitest";
import { Gate, reaches, virtualStore } from "./host-on-virtual-clock.ts";
import { diskFull, interceptedStore } from "./intercepted-store.ts";

/** A step that runs until it is let go, or told to stop. */
function heldStep(): {
  gate: Gate;
  reasons: unknown[];
  run: (step: { signal: AbortSignal }) => Promise<string>;
} {
  const gate = new Gate();
  const reasons: unknown[] = [];
  const run = async ({ signal }: { signal: AbortSignal }): Promise<string> => {
    signal.addEventListener("abort", () => reasons.push(signal.reason));
    await gate.passed;
    return "held";
  };
  return { gate, reasons, run };
}

/** Code whose step is called as deploys have it. */
const withStep = (name: () => string) =>
  defineWorkflow({
    name: "renamed",
    run: async (ctx) => {
      await ctx.step(name(), () => 1);
      await ctx.sleep("nap", 1_000);
      return "fits";
    },
  });

describe("cancel", () => {
  it("of a running run wins at once, and its step is told why", async () => {
    const { host, clock } = virtualStore();
    const held = heldStep();
    let later = 0;
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) => {
        await ctx.step("held", held.run);
        return ctx.step("later", () => ++later);
      },
    });
    const handle = await (await host({ workflows: [work] })).start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    expect(await handle.cancel()).toEqual({ cancelled: true });
    expect(held.reasons).toEqual([expect.any(RunCancelledError)]);
    held.gate.open();
    await clock.advance(60_000);
    expect(await handle.getState()).toBe("cancelled");
    await expect(handle.result()).rejects.toThrow(RunCancelledError);
    expect(later).toBe(0);
    expect((await handle.history()).entries.map((entry) => entry.status)).not.toContain("completed");
  });

  it("of a sleeping and of a pending run wins", async () => {
    const { host, clock, store } = virtualStore();
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.sleep("nap", "1d") });
    const running = await host({ workflows: [nap], concurrency: 1 });
    const handle = await running.start(nap, { workflowId: "a" });
    await reaches(clock, handle, "sleeping");
    expect(await handle.cancel()).toEqual({ cancelled: true });
    expect((await store.get("a"))?.lease).toBeNull();
    expect((await store.get("a"))?.wakeAt).toBeNull();
    await expect(running.handle("none").cancel()).rejects.toThrow(RunNotFoundError);
  });

  it("of a finished run loses, and says to what", async () => {
    const { host, clock } = virtualStore();
    const quick = defineWorkflow({ name: "quick", run: async () => 1 });
    const handle = await (await host({ workflows: [quick] })).start(quick, { workflowId: "a" });
    await clock.settle(handle.result());
    expect(await handle.cancel()).toEqual({ cancelled: false, state: "completed" });
    expect(await handle.getOutput()).toBe(1);
  });

  it("has one winner among many", async () => {
    const { host, clock } = virtualStore();
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.sleep("nap", "1d") });
    const handle = await (await host({ workflows: [nap] })).start(nap, { workflowId: "a" });
    await reaches(clock, handle, "sleeping");
    const outcomes = await clock.settle(Promise.all(Array.from({ length: 10 }, () => handle.cancel())));
    expect(outcomes.filter((outcome) => outcome.cancelled)).toHaveLength(1);
  });

  it("with compensate undoes what was committed, and ends cancelled", async () => {
    const { host, clock } = virtualStore();
    const undone: string[] = [];
    const held = heldStep();
    const pay = defineWorkflow({
      name: "pay",
      run: async (ctx) => {
        await ctx.rollbackCheckpoint("billing");
        await ctx.step({ name: "one", run: () => "1", rollback: (_ctx, result) => undone.push(result) });
        await ctx.step({ name: "two", run: () => "2", rollback: (_ctx, result) => undone.push(result) });
        await ctx.step("held", held.run);
      },
    });
    const handle = await (await host({ workflows: [pay] })).start(pay, { workflowId: "a" });
    await clock.runUntilIdle();
    expect(await handle.cancel({ compensate: true })).toEqual({ cancelled: true });
    await expect(clock.settle(handle.result())).rejects.toThrow(RunCancelledError);
    expect(undone).toEqual(["2", "1"]);
    expect(await handle.cancel()).toEqual({ cancelled: false, state: "cancelled" });
  });

  it("does not disturb a rollback", async () => {
    const { host, clock } = virtualStore();
    const gate = new Gate();
    let undos = 0;
    const pay = defineWorkflow({
      name: "pay",
      run: async (ctx) => {
        await ctx.rollbackCheckpoint("billing");
        const rollback = async (): Promise<void> => {
          undos += 1;
          await gate.passed;
        };
        await ctx.step({ name: "one", run: () => 1, rollback });
        throw new Error("no");
      },
    });
    const handle = await (await host({ workflows: [pay] })).start(pay, { workflowId: "a" });
    await reaches(clock, handle, "rolling_back");
    expect(await handle.cancel()).toEqual({ cancelled: false, state: "rolling_back" });
    gate.open();
    await expect(clock.settle(handle.result())).rejects.toThrow("no");
    expect(undos).toBe(1);
  });
});

describe("pause and resume", () => {
  it("let a running step finish, hold the run, and let it go on", async () => {
    const { host, clock } = virtualStore();
    const held = heldStep();
    let later = 0;
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) => {
        const first = await ctx.step("held", held.run);
        return [first, await ctx.step("later", () => ++later)];
      },
    });
    const handle = await (await host({ workflows: [work] })).start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    const pausing = handle.pause();
    await clock.runUntilIdle();
    expect(await handle.getState()).not.toBe("paused");
    held.gate.open();
    await clock.settle(pausing);
    expect(await handle.getState()).toBe("paused");
    await clock.advance(3_600_000);
    expect(later).toBe(0);
    const paused = handle.result({ wait: false });
    await expect(paused).rejects.toThrow(RunPausedError);
    await expect(paused).rejects.toMatchObject({ reason: "operator" });
    await handle.resume();
    expect(await clock.settle(handle.result())).toEqual(["held", 1]);
    expect(held.reasons).toEqual([]);
  });

  it("in this order let the run go on, though the pause has not come yet", async () => {
    const { host, clock } = virtualStore();
    const held = heldStep();
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) => [await ctx.step("held", held.run), await ctx.step("later", () => 1)],
    });
    const handle = await (await host({ workflows: [work] })).start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    const both = Promise.all([handle.pause(), clock.runUntilIdle().then(() => handle.resume())]);
    await clock.advance(1_000);
    held.gate.open();
    await clock.settle(both);
    expect(await clock.settle(handle.result())).toEqual(["held", 1]);
  });

  it("hold a sleeping run beyond its time; pausing and resuming twice changes nothing", async () => {
    const { host, clock } = virtualStore();
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.sleep("nap", 1_000) });
    const handle = await (await host({ workflows: [nap] })).start(nap, { workflowId: "a" });
    await reaches(clock, handle, "sleeping");
    await handle.pause();
    await handle.pause();
    await clock.advance(60_000);
    expect(await handle.getState()).toBe("paused");
    await handle.resume();
    await handle.resume();
    await clock.settle(handle.result());
    await expect(handle.pause()).rejects.toThrow(RunFinishedError);
    await expect(handle.resume()).rejects.toThrow(RunFinishedError);
  });

  it.each(["running", "sleeping"] as const)(
    "are done in the order in which they are asked: %s",
    async (state) => {
      const { host, clock } = virtualStore();
      const held = heldStep();
      const work = defineWorkflow({
        name: "work",
        run: async (ctx) => {
          if (state === "running") await ctx.step("held", held.run);
          await ctx.listen("wait", "go");
        },
      });
      const running = await host({ workflows: [work] });
      const handle = await running.start(work, { workflowId: "a" });
      await clock.runUntilIdle();
      const again = running.handle("a");
      const asked = [handle.pause(), again.resume(), handle.pause(), handle.resume()];
      held.gate.open();
      await clock.settle(Promise.all(asked));
      await reaches(clock, handle, "sleeping");
      await clock.advance("1m");
      expect(await handle.getState()).toBe("sleeping");
      const last = [handle.resume(), again.pause()];
      await clock.settle(Promise.all(last));
      expect(await handle.getState()).toBe("paused");
    },
  );

  it("resume a run that was paused for its code once the code fits again", async () => {
    const { host, clock } = virtualStore();
    let name = "old";
    const renamed = withStep(() => name);
    const handle = await (await host({ workflows: [renamed], cacheSize: 0 })).start(renamed, {
      workflowId: "a",
    });
    await reaches(clock, handle, "sleeping");
    name = "new";
    await reaches(clock, handle, "paused");
    const reason = await handle.result({ wait: false }).catch((error: unknown) => error);
    expect(reason).toMatchObject({ reason: "divergence", cause: { code: "HISTORY_DIVERGED" } });
    name = "old";
    await handle.resume();
    expect(await clock.settle(handle.result())).toBe("fits");
  });

  it("ask no operator's reason of a run that is resumed while it is asked why it is paused", async () => {
    const { host, clock, store } = virtualStore();
    let name = "old";
    const renamed = withStep(() => name);
    const running = await host({ workflows: [renamed], cacheSize: 0 });
    for (const workflowId of ["a", "b"]) {
      name = "old";
      const handle = await running.start(renamed, { workflowId });
      await reaches(clock, handle, "sleeping");
      name = "new";
      await reaches(clock, handle, "paused");
      name = "old";
      let resumed = false;
      const between = interceptedStore(store, async (method, go) => {
        const found = await go();
        if (method === "get" && !resumed) await handle.resume();
        resumed = true;
        return found;
      });
      const asking = createClient({ store: between, clock, scheduler: clock.scheduler }).handle(workflowId);
      if (workflowId === "a") expect(await asking.getError()).toBeUndefined();
      else await expect(clock.settle(asking.result({ wait: false }))).rejects.toThrow(RunStateError);
    }
  });
});

describe("recover", () => {
  it("runs the failed step again and keeps what succeeded", async () => {
    const { host, clock } = virtualStore();
    let mended = false;
    let first = 0;
    const shaky = defineWorkflow({
      name: "shaky",
      run: async (ctx) => {
        await ctx.step("first", () => ++first);
        return ctx.step(
          "second",
          () => {
            if (!mended) throw new Error("broken");
            return "mended";
          },
          { maxRetries: 0 },
        );
      },
    });
    const handle = await (await host({ workflows: [shaky] })).start(shaky, { workflowId: "a" });
    await expect(clock.settle(handle.result())).rejects.toThrow("broken");
    expect(await handle.getError()).toMatchObject({ code: "STEP_EXHAUSTED" });
    mended = true;
    await handle.recover();
    expect(await clock.settle(handle.result())).toBe("mended");
    expect(first).toBe(1);
    await expect(handle.recover()).rejects.toThrow(RunStateError);
  });

  it("is done once: when its answer was lost and the run has gone on, that is the error", async () => {
    const { host, clock, store } = virtualStore();
    let runs = 0;
    const failing = defineWorkflow({
      name: "failing",
      run: (ctx) =>
        ctx.step({
          name: "fails",
          maxRetries: 0,
          run: () => {
            runs += 1;
            throw new Error("broken");
          },
        }),
    });
    const handle = await (await host({ workflows: [failing] })).start(failing, { workflowId: "a" });
    await expect(clock.settle(handle.result())).rejects.toThrow("broken");
    const losing = interceptedStore(store, async (method, go) => {
      const done = await go();
      if (method !== "driver.commit") return done;
      await reaches(clock, handle, "failed");
      throw new StorageError("the answer is lost", { outcome: "unknown", retryable: true });
    });
    const client = createClient({ store: losing, clock, scheduler: clock.scheduler });
    await expect(clock.settle(client.handle("a").recover())).rejects.toThrow(StorageError);
    await clock.advance(60_000);
    expect(runs).toBe(2);
  });

  it("is done though the answer to its claim was lost, once that has ended", async () => {
    const { host, clock, store } = virtualStore();
    let mended = false;
    const failing = defineWorkflow({
      name: "failing",
      run: () => {
        if (!mended) throw new Error("broken");
        return "mended";
      },
    });
    const handle = await (await host({ workflows: [failing] })).start(failing, { workflowId: "a" });
    await expect(clock.settle(handle.result())).rejects.toThrow("broken");
    mended = true;
    let claims = 0;
    const losing = interceptedStore(store, async (method, go) => {
      const done = await go();
      if (method !== "claim" || ++claims > 1) return done;
      throw new StorageError("the answer is lost", { outcome: "unknown", retryable: true });
    });
    const client = createClient({ store: losing, clock, scheduler: clock.scheduler });
    await clock.settle(client.handle("a").recover());
    expect(await clock.settle(handle.result())).toBe("mended");
  });

  it("is refused for a run in progress, at once", async () => {
    const { host, clock } = virtualStore();
    const held = heldStep();
    const work = defineWorkflow({ name: "work", run: async (ctx) => ctx.step("held", held.run) });
    const handle = await (await host({ workflows: [work] })).start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    await expect(handle.recover()).rejects.toThrow(RunStateError);
    held.gate.open();
    expect(await clock.settle(handle.result())).toBe("held");
  });
});

describe("rewind and fork", () => {
  const counts = new Map<string, number>();
  const steps = defineWorkflow({
    name: "steps",
    run: async (ctx) => {
      const results: number[] = [];
      for (const name of ["one", "two", "three"]) {
        const count = () => {
          const next = (counts.get(`${ctx.workflowId}/${name}`) ?? 0) + 1;
          counts.set(`${ctx.workflowId}/${name}`, next);
          return next;
        };
        results.push(await ctx.step(name, count));
      }
      return results;
    },
  });

  it("rewind runs what came after the entry again, from a terminal state too", async () => {
    const { host, clock } = virtualStore();
    const handle = await (await host({ workflows: [steps] })).start(steps, { workflowId: "rewound" });
    expect(await clock.settle(handle.result())).toEqual([1, 1, 1]);
    await handle.rewind({ to: "two" });
    expect(await clock.settle(handle.result())).toEqual([1, 2, 2]);
    await expect(handle.rewind({ to: "nowhere" })).rejects.toThrow(InvalidArgumentError);
    expect(await handle.getState()).toBe("completed");
  });

  it("what is refused takes the run from nobody, and leaves the store as it was", async () => {
    const { host, clock, store } = virtualStore();
    const held = heldStep();
    const work = defineWorkflow({ name: "work", run: async (ctx) => ctx.step("held", held.run) });
    const handle = await (await host({ workflows: [work] })).start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    const before = await store.get("a");
    await expect(handle.rewind({ to: "nowhere" })).rejects.toThrow(InvalidArgumentError);
    await expect(handle.fork({ from: "nowhere", workflowId: "b" })).rejects.toThrow(InvalidArgumentError);
    await expect(handle.recover()).rejects.toThrow(RunStateError);
    expect(await store.get("a")).toEqual(before);
    expect(held.reasons).toEqual([]);
    held.gate.open();
    expect(await clock.settle(handle.result())).toBe("held");
    const ended = store.dump();
    await expect(handle.rewind({ to: "nowhere" })).rejects.toThrow(InvalidArgumentError);
    await expect(handle.recover()).rejects.toThrow(RunStateError);
    await expect(handle.pause()).rejects.toThrow(RunFinishedError);
    expect(await handle.cancel({ compensate: true })).toEqual({ cancelled: false, state: "completed" });
    expect(store.dump()).toEqual(ended);
  });

  it.each(["wait", "wait/!0"])("rewind to %s takes back the answer that was given", async (to) => {
    const { host, clock } = virtualStore();
    const gates = [new Gate(), new Gate()];
    let answers = 0;
    const asked = defineWorkflow({
      name: "asked",
      run: async (ctx) => {
        const message = await ctx.queue.next("wait", { names: ["ask"], completable: true });
        await message.complete(answers);
        await ctx.step("after", () => gates[answers++]?.passed);
        return ctx.listen("end", "end");
      },
    });
    const handle = await (await host({ workflows: [asked] })).start(asked, { workflowId: "a" });
    const ask = (timeout: string) => handle.request("ask", "?", { messageId: "m", timeout });
    expect(await clock.settle(ask("1m"))).toBe(0);
    gates[0]?.open();
    await reaches(clock, handle, "sleeping");
    await handle.pause();
    await handle.rewind({ to });
    expect(await clock.settle(ask("1m"))).toBe(1);
  });

  it("rewind takes a running run from its runner", async () => {
    const { host, clock } = virtualStore();
    const held = heldStep();
    let first = 0;
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) => [await ctx.step("first", () => ++first), await ctx.step("held", held.run)],
    });
    const handle = await (await host({ workflows: [work] })).start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    await handle.rewind({ to: "first" });
    expect(held.reasons).toEqual([expect.objectContaining({ code: "RUN_EVICTED" })]);
    held.gate.open();
    expect(await clock.settle(handle.result())).toEqual([2, "held"]);
  });

  it("rewind is done once: when the storage does not say whether, and the run has gone on since, that is the error", async () => {
    const { host, clock, store } = virtualStore();
    const handle = await (await host({ workflows: [steps] })).start(steps, { workflowId: "unsure" });
    await clock.settle(handle.result());
    const intercepted = interceptedStore(store, async (method, go) => {
      if (method === "driver.applied") await handle.result();
      const done = await go();
      if (method === "driver.commit")
        throw new StorageError("no answer", { outcome: "unknown", retryable: true });
      return done;
    });
    const client = createClient({ store: intercepted, clock, scheduler: clock.scheduler });
    const rewound = client.handle("unsure").rewind({ to: "two" });
    const told = expect(rewound).rejects.toMatchObject({ code: "STORAGE", outcome: "unknown" });
    await clock.settle(told);
    expect(await clock.settle(handle.result())).toEqual([1, 2, 2]);
  });

  it.each([
    ["twice", 0],
    ["twice, and cannot be read just then,", 1],
  ])(
    "rewind is done once when something on the way delivers its commit %s and gives the second answer",
    async (_what, down) => {
      const { host, clock, store } = virtualStore();
      const workflowId = `twice-${down}`;
      const handle = await (await host({ workflows: [steps] })).start(steps, { workflowId });
      await clock.settle(handle.result());
      let left = down;
      const intercepted = interceptedStore(store, async (method, go) => {
        if (method === "driver.commit") await go();
        if (method === "driver.applied" && left-- > 0) throw diskFull();
        return go();
      });
      const client = createClient({ store: intercepted, clock, scheduler: clock.scheduler });
      const rewound = clock.settle(client.handle(workflowId).rewind({ to: "two" }));
      await rewound.catch((error) => expect(error).toBeInstanceOf(StorageError));
      expect(await clock.settle(handle.result())).toEqual([1, 2, 2]);
      expect(await client.handle(workflowId).cancel()).toEqual({ cancelled: false, state: "completed" });
    },
  );

  it("rewinds that are asked for at once are all done, and none is told of a storage that failed", async () => {
    const { host, clock, store } = virtualStore();
    const handle = await (await host({ workflows: [steps] })).start(steps, { workflowId: "at once" });
    await clock.settle(handle.result());
    const other = createClient({ store, clock, scheduler: clock.scheduler }).handle("at once");
    await clock.settle(Promise.all([handle.rewind({ to: "one" }), other.rewind({ to: "two" })]));
    expect(await clock.settle(handle.result())).toEqual([2, expect.any(Number), expect.any(Number)]);
  });

  it("fork leaves the run alone and goes on under the new id", async () => {
    const { host, clock } = virtualStore();
    const running = await host({ workflows: [steps] });
    const handle = await running.start(steps, { workflowId: "source" });
    await clock.settle(handle.result());
    const forked = await handle.fork({ from: "three", workflowId: "copy" });
    expect(await clock.settle(forked.result())).toEqual([1, 1, 1]);
    expect(counts.get("copy/one")).toBeUndefined();
    expect(counts.get("copy/three")).toBe(1);
    expect(await handle.getOutput()).toEqual([1, 1, 1]);
    await expect(handle.fork({ from: "three", workflowId: "copy" })).rejects.toThrow(WorkflowConflictError);
    await expect(handle.fork({ from: "nowhere", workflowId: "other" })).rejects.toThrow(InvalidArgumentError);
    const again = await running.start(steps, { workflowId: "copy" });
    expect(await again.getState()).toBe("completed");
  });
});

describe("delete", () => {
  it("leaves a run alone that was started under the same id before its answer came", async () => {
    const { host, clock, store } = virtualStore();
    const gate = new Gate();
    const held = heldStep();
    const work = defineWorkflow({
      name: "work",
      run: (ctx, input: string) => ctx.step("held", input === "old" ? held.run : async () => input),
    });
    const slow = interceptedStore(store, async (method, go) => {
      const done = await go();
      if (method === "delete") await gate.passed;
      return done;
    });
    const running = await host({ workflows: [work], store: slow, leaseMs: 60_000 });
    await running.start(work, { workflowId: "a", input: "old" });
    await clock.advance(10);
    const deleted = running.delete("a");
    await clock.runUntilIdle();
    const handle = await running.start(work, { workflowId: "a", input: "new" });
    gate.open();
    expect(await deleted).toBe(true);
    await clock.advance(10);
    expect(held.reasons).toEqual([expect.any(RunNotFoundError)]);
    held.gate.open();
    await clock.advance(1_000);
    expect(await handle.getState()).toBe("completed");
    expect(await handle.getOutput()).toBe("new");
  });
});

describe("evict", () => {
  it("stops the run here and loses nothing", async () => {
    const { host, clock } = virtualStore();
    const held = heldStep();
    let first = 0;
    const work = defineWorkflow({
      name: "work",
      run: async (ctx) => {
        await ctx.step("first", () => ++first);
        return ctx.step("held", held.run);
      },
    });
    const handle = await (await host({ workflows: [work] })).start(work, { workflowId: "a" });
    await clock.runUntilIdle();
    await clock.settle(handle.evict());
    expect(held.reasons).toEqual([expect.objectContaining({ code: "RUN_EVICTED" })]);
    held.gate.open();
    expect(await clock.settle(handle.result())).toBe("held");
    expect(first).toBe(1);
  });
});
