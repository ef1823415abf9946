import { CorruptionError, Loop, RunNotFoundError, runWorkflow, StorageError } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { RunHandle } from "../../src/engine/live/run-handle.ts";
import { frameBody } from "../../src/history/message-body.ts";
import { defaultCodec, type PayloadCodec } from "../../src/history/payload.ts";
import type { WorkflowContext } from "../../src/model/context.ts";
import type { HistorySnapshot } from "../../src/model/snapshot.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import { crashDriver } from "../../src/testing/crash-driver.ts";
import { EngineLab } from "../engine-lab.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** The error that a promise rejects with. */
async function rejection(promise: Promise<unknown>): Promise<Error & { code: string }> {
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const end = await lab.clock.settle(settled);
  if ("error" in end) return end.error as Error & { code: string };
  throw new Error(`It was fulfilled with ${JSON.stringify(end.value)}.`);
}

const restful = async (ctx: WorkflowContext) => {
  const a = await ctx.step("a", () => 1);
  await ctx.sleep("rest", "1h");
  return a + (await ctx.step("b", () => 1));
};

describe("wake", () => {
  it("has a parked run look again, but fires no timer before its deadline", async () => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    await handle.wake();
    expect((await lab.clock.settle(handle.result)).state).toBe("sleeping");
    await lab.clock.advance(3_600_000);
    await handle.wake();
    expect(await lab.clock.settle(handle.result)).toEqual({ state: "completed", output: 2 });
  });

  it("changes nothing of a finished run", async () => {
    const handle = lab.start(async () => "done");
    await lab.clock.settle(handle.result);
    const bytes = lab.bytes();
    await handle.wake();
    expect(await handle.result).toEqual({ state: "completed", output: "done" });
    expect(lab.bytes()).toBe(bytes);
  });

  it("in live mode finds a message that was queued behind the engine's back", async () => {
    const deaf: EngineDriver = {
      limits: lab.storage.limits,
      load: () => lab.storage.load(),
      list: (prefix, page) => lab.storage.list(prefix, page),
      commit: (batch) => lab.storage.commit(batch),
      applied: (batchId) => lab.storage.applied(batchId),
      peekMessages: (names, count) => lab.storage.peekMessages(names, count),
      enqueueMessage: (message) => lab.storage.enqueueMessage(message),
      waitForMessages: () => new Promise(() => {}),
    };
    const handle = lab.start((ctx: WorkflowContext) => ctx.listen("wait", "m"), {
      driver: deaf,
      mode: "live",
    });
    await lab.clock.runUntilIdle();
    await lab.storage.enqueueMessage({
      id: "id",
      name: "m",
      body: frameBody({ workflowId: "run", id: "id", name: "m" }, defaultCodec.encode(5, "body")),
      createdAt: lab.clock.now(),
      expiresAt: null,
      completable: false,
      remember: true,
    });
    await handle.wake();
    const asked = lab.clock.now();
    expect((await lab.clock.settle(handle.result)).output).toBe(5);
    expect(lab.clock.now()).toBe(asked);
  });
});

describe("evict", () => {
  it("ends the pass, and the run goes on in another as if nothing had been", async () => {
    const handle = lab.start(restful, { mode: "live" });
    await lab.clock.runUntilIdle();
    await handle.evict();
    expect((await handle.result).state).toBe("evicted");
    expect(lab.clock.pending).toBe(0);
    expect((await lab.run(restful, { mode: "live" })).output).toBe(2);
  });

  it("of a run that is not running does nothing", async () => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    const bytes = lab.bytes();
    await handle.evict();
    expect(lab.bytes()).toBe(bytes);
    expect(await handle.getState()).toBe("sleeping");
  });
});

describe("cancel", () => {
  it("of a running run wins, aborts its bodies with the reason, and is final", async () => {
    let reason: unknown;
    const after = vi.fn();
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.step({
        name: "long",
        timeout: 0,
        run: ({ signal }) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
          });
          return lab.clock.sleep(1000);
        },
      });
      await ctx.step("after", after);
    };
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.runUntilIdle();
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect((await lab.clock.settle(handle.result)).state).toBe("cancelled");
    expect((reason as { code: string }).code).toBe("RUN_CANCELLED");
    await lab.clock.advance(5000);
    expect(after).not.toHaveBeenCalled();
    expect((await lab.run(workflow)).state).toBe("cancelled");
  });

  it("of a parked run wins", async () => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect(await handle.getState()).toBe("cancelled");
  });

  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>]>([
    ["completed", async () => 1],
    [
      "failed",
      async () => {
        throw new Error("no");
      },
    ],
  ])("of a %s run tells who won", async (state, workflow) => {
    const handle = lab.start(workflow);
    await lab.clock.settle(handle.result.catch(() => {}));
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: false, state });
  });

  it("twice tells the second caller that the run is cancelled", async () => {
    const handle = lab.start(restful, { mode: "live" });
    await lab.clock.runUntilIdle();
    const outcomes = await lab.clock.settle(Promise.all([handle.cancel(), handle.cancel()]));
    expect(outcomes[0]).toEqual({ cancelled: true });
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: false, state: "cancelled" });
  });

  it("right after the start wins before any body runs", async () => {
    const body = vi.fn();
    const handle = lab.start((ctx: WorkflowContext) => ctx.step("a", body));
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect((await lab.clock.settle(handle.result)).state).toBe("cancelled");
    expect(body).not.toHaveBeenCalled();
    expect(await handle.getState()).toBe("cancelled");
  });

  it("with compensate runs the handlers in reverse order and ends cancelled", async () => {
    const undone: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("here");
      for (const name of ["a", "b", "c"]) {
        await ctx.step({ name, run: () => name, rollback: (_ctx, result) => void undone.push(result) });
      }
      await ctx.sleep("rest", "1d");
    };
    for (const mode of ["live", "yield"] as const) {
      lab = new EngineLab();
      undone.length = 0;
      const handle = lab.start(workflow, { mode });
      await lab.clock.runUntilIdle();
      expect(await lab.clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
      expect((await lab.clock.settle(handle.result)).state).toBe("cancelled");
      expect(undone).toEqual(["c", "b", "a"]);
      expect(await handle.getState()).toBe("cancelled");
    }
  });

  it("with compensate of a run without handlers just cancels it", async () => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    expect(await lab.clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
    expect((await lab.clock.settle(handle.result)).state).toBe("cancelled");
  });

  it("of a paused run wins", async () => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    await lab.clock.settle(handle.pause());
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect(await handle.getState()).toBe("cancelled");
  });

  it("while the run rolls back comes too late", async () => {
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        await ctx.rollbackCheckpoint("here");
        await ctx.step({
          name: "a",
          run: () => 1,
          rollback: { timeout: 0, run: () => lab.clock.sleep(1000) },
        });
        throw new Error("fails");
      },
      { mode: "live" },
    );
    await lab.clock.runUntilIdle();
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: false, state: "rolling_back" });
    expect((await rejection(handle.result)).message).toBe("fails");
  });
});

describe("pause and resume", () => {
  it("hold a parked run past its deadline, and let it go on", async () => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    await lab.clock.settle(handle.pause());
    expect(await handle.getState()).toBe("paused");
    await lab.clock.advance(7_200_000);
    const error = await rejection(lab.start(restful).result);
    expect(error).toMatchObject({ code: "RUN_PAUSED", reason: "operator" });
    await lab.clock.settle(handle.resume());
    expect(await lab.clock.settle(handle.result)).toEqual({ state: "completed", output: 2 });
  });

  it("of a running run waits for its body and keeps the result", async () => {
    const body = vi.fn(() => lab.clock.sleep(1000).then(() => "slow"));
    const workflow = async (ctx: WorkflowContext) => [
      await ctx.step("slow", body),
      await ctx.step("b", () => 2),
    ];
    const handle = lab.start(workflow);
    await lab.clock.runUntilIdle();
    await lab.clock.settle(handle.pause());
    expect((await rejection(handle.result)).code).toBe("RUN_PAUSED");
    await lab.clock.settle(handle.resume());
    expect((await lab.clock.settle(handle.result)).output).toEqual(["slow", 2]);
    expect(body).toHaveBeenCalledTimes(1);
  });

  it("of a live run that waits holds it at once", async () => {
    const handle = lab.start(restful, { mode: "live" });
    await lab.clock.runUntilIdle();
    await lab.clock.settle(handle.pause());
    expect((await rejection(handle.result)).code).toBe("RUN_PAUSED");
    expect(lab.clock.pending).toBe(0);
    await lab.clock.settle(handle.resume());
    expect((await lab.clock.settle(handle.result)).output).toBe(2);
  });

  it("twice change nothing", async () => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    await lab.clock.settle(handle.pause());
    const bytes = lab.bytes();
    await lab.clock.settle(handle.pause());
    expect(lab.bytes()).toBe(bytes);
    await lab.clock.settle(handle.resume());
    await lab.clock.settle(handle.result);
    const resumed = lab.bytes();
    await lab.clock.settle(handle.resume());
    expect(lab.bytes()).toBe(resumed);
  });

  it("of a finished run are refused", async () => {
    const handle = lab.start(async () => 1);
    await lab.clock.settle(handle.result);
    expect(await rejection(handle.pause())).toMatchObject({ code: "RUN_FINISHED", state: "completed" });
    expect(await rejection(handle.resume())).toMatchObject({ code: "RUN_FINISHED", state: "completed" });
  });

  it("a resume right after a pause comes after it", async () => {
    const handle = lab.start((ctx: WorkflowContext) => ctx.listen("wait", "m"), { mode: "live" });
    await lab.clock.advance(10);
    const paused = handle.pause();
    await lab.clock.settle(handle.resume());
    await paused;
    await handle.send("m", 1);
    expect((await lab.clock.settle(handle.result)).output).toBe(1);
  });

  it("a new handle resumes a paused run at once", async () => {
    const workflow = (ctx: WorkflowContext) => ctx.listen("wait", "m");
    await lab.clock.settle(lab.start(workflow).pause());
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.settle(handle.resume());
    await handle.send("m", 1);
    expect((await lab.clock.settle(handle.result)).output).toBe(1);
  });

  it("a new handle says at once that a finished run can be neither resumed nor recovered", async () => {
    const workflow = async () => 1;
    await lab.run(workflow);
    expect(await rejection(lab.start(workflow).resume())).toMatchObject({ code: "RUN_FINISHED" });
    expect(await rejection(lab.start(workflow).recover())).toMatchObject({ state: "completed" });
  });

  it("a paused run still takes messages, and finds them when it is resumed", async () => {
    const workflow = (ctx: WorkflowContext) => ctx.listen("wait", "m");
    const handle = lab.start(workflow);
    await lab.clock.settle(handle.result);
    await lab.clock.settle(handle.pause());
    await handle.send("m", "kept");
    await lab.clock.settle(handle.resume());
    expect((await lab.clock.settle(handle.result)).output).toBe("kept");
  });

  it("in the middle of a rollback stop between two handlers, and go on with the next", async () => {
    const undone: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("here");
      for (const name of ["a", "b"]) {
        await ctx.step({
          name,
          run: () => name,
          rollback: async (_ctx, result) => {
            await lab.clock.sleep(100);
            undone.push(result);
          },
        });
      }
      throw new Error("fails");
    };
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(50);
    await lab.clock.settle(handle.pause());
    expect(undone).toEqual(["b"]);
    expect(await handle.getState()).toBe("paused");
    await lab.clock.settle(handle.resume());
    expect((await rejection(handle.result)).message).toBe("fails");
    expect(undone).toEqual(["b", "a"]);
  });
});

describe("what is asked of a run at once", () => {
  const asks: [string, (handle: RunHandle<unknown>) => Promise<unknown>][] = [
    ["resume", (handle) => handle.resume()],
    ["rewind", (handle) => handle.rewind({ to: "a" })],
    ["wake", (handle) => handle.wake()],
    ["pause", (handle) => handle.pause()],
    ["cancel", (handle) => handle.cancel()],
    ["evict", (handle) => handle.evict()],
  ];
  const pairs = asks.flatMap(([first, one]) =>
    asks.map(([second, other]) => ({ first, one, second, other })),
  );

  it.each(pairs)(
    "$first and $second do not wait for the pass that comes between them",
    async ({ one, other }) => {
      const isDone = async (asked: Promise<unknown>): Promise<unknown> => {
        let done = false;
        const settle = (): void => {
          done = true;
        };
        asked.then(settle, settle);
        await lab.clock.advance(10_000);
        return done;
      };
      for (const state of ["evicted", "paused"]) {
        for (let turns = 0; turns < 40; turns++) {
          lab = new EngineLab();
          const handle = lab.start(restful, { mode: "live" });
          await lab.clock.advance(1_000);
          await (state === "paused" ? handle.pause() : handle.evict());
          handle.result.catch(() => {});
          const asked = one(handle);
          for (let turn = 0; turn < turns; turn++) await null;
          expect(await isDone(Promise.allSettled([asked, other(handle)]))).toBe(true);
          await lab.clock.settle(handle.evict());
        }
      }
    },
  );
});

describe("recover", () => {
  it("by a new handle gives a failed run another chance at once", async () => {
    let broken = true;
    const workflow = (ctx: WorkflowContext) =>
      ctx.step({
        name: "s",
        maxRetries: 0,
        run: () => {
          if (broken) throw new Error("down");
          return 1;
        },
      });
    await rejection(lab.start(workflow).result);
    broken = false;
    const handle = lab.start(workflow);
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe(1);
  });

  it("asks for the failed step again, with all its attempts, and for nothing that succeeded", async () => {
    let broken = true;
    const bodies = { a: vi.fn(() => 1), b: vi.fn((): number => 2) };
    bodies.b.mockImplementation(() => {
      if (broken) throw new Error("down");
      return 2;
    });
    const workflow = async (ctx: WorkflowContext) =>
      (await ctx.step("a", bodies.a)) + (await ctx.step({ name: "b", maxRetries: 2, run: bodies.b }));
    const handle = lab.start(workflow);
    expect((await rejection(handle.result)).code).toBe("STEP_EXHAUSTED");
    expect(bodies.b).toHaveBeenCalledTimes(3);
    await lab.clock.settle(handle.recover());
    expect((await rejection(handle.result)).code).toBe("STEP_EXHAUSTED");
    expect(bodies.b).toHaveBeenCalledTimes(6);
    broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe(3);
    expect(bodies.a).toHaveBeenCalledTimes(1);
    expect(await handle.getError()).toBeUndefined();
  });

  it("goes on with the iteration of a loop that failed", async () => {
    let broken = true;
    const seen: number[] = [];
    const workflow = (ctx: WorkflowContext) =>
      ctx.loop<number, number>({
        name: "l",
        state: 0,
        historyPruneInterval: 2,
        historySize: 0,
        run: async (inner, n) => {
          await inner.step({
            name: "s",
            maxRetries: 0,
            run: () => {
              if (broken && n === 5) throw new Error("down");
              seen.push(n);
            },
          });
          return n === 6 ? Loop.break(n) : Loop.continue(n + 1);
        },
      });
    const handle = lab.start(workflow);
    await rejection(handle.result);
    broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe(6);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it.each<[string, boolean]>([
    ["a join", false],
    ["a race", false],
    ["a map", false],
  ])("runs the failed branches of %s again, and only those", async (block) => {
    let broken = true;
    const good = vi.fn(() => "good");
    const bad = vi.fn(() => {
      if (broken) throw new Error("down");
      return "mended";
    });
    const badly = (b: WorkflowContext) => b.step({ name: "s", maxRetries: 0, run: bad });
    const workflow = async (ctx: WorkflowContext): Promise<unknown> => {
      if (block === "a join")
        return ctx.join("block", { g: { run: (b) => b.step("s", good) }, b: { run: badly } });
      if (block === "a race") {
        await ctx.step("first", good);
        return ctx.race("block", [{ name: "b", run: badly }]);
      }
      return ctx.map<number, string>("block", [0, 1], (b, n) => (n === 0 ? b.step("s", good) : badly(b)));
    };
    const handle = lab.start(workflow);
    await rejection(handle.result);
    broken = false;
    await lab.clock.settle(handle.recover());
    const { state, output } = await lab.clock.settle(handle.result);
    expect([state, JSON.stringify(output)]).toEqual(["completed", expect.stringContaining("mended")]);
    expect(good).toHaveBeenCalledTimes(1);
    expect(bad).toHaveBeenCalledTimes(2);
  });

  it("of a run that failed by its own error runs the code again", async () => {
    let broken = true;
    const a = vi.fn(() => 1);
    const handle = lab.start(async (ctx: WorkflowContext) => {
      await ctx.step("a", a);
      if (broken) throw new Error("bug");
      return "mended";
    });
    await rejection(handle.result);
    broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe("mended");
    expect(a).toHaveBeenCalledTimes(1);
  });

  it("keeps failures that the code handled", async () => {
    let broken = true;
    const handled = vi.fn(() => {
      throw new Error("handled");
    });
    const handle = lab.start(async (ctx: WorkflowContext) => {
      const tried = await ctx.tryStep({ name: "handled", maxRetries: 0, run: handled });
      await ctx.step({
        name: "b",
        maxRetries: 0,
        run: () => {
          if (broken) throw new Error("down");
        },
      });
      return tried.ok;
    });
    await rejection(handle.result);
    broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe(false);
    expect(handled).toHaveBeenCalledTimes(1);
  });

  it("of a queue wait that timed out waits anew", async () => {
    const workflow = (ctx: WorkflowContext) => ctx.queue.next("wait", { names: ["m"], timeout: "1m" });
    const handle = lab.start(workflow, { mode: "live" });
    expect((await rejection(handle.result)).code).toBe("QUEUE_TIMEOUT");
    await lab.clock.settle(handle.recover());
    await handle.send("m", 1);
    expect((await lab.clock.settle(handle.result)).output).toMatchObject({ body: 1 });
  });

  it("continues a rollback whose handler failed for good, and no committed handler runs again", async () => {
    let broken = true;
    const undone: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("here");
      for (const name of ["a", "b", "c"]) {
        await ctx.step({
          name,
          run: () => name,
          rollback: {
            maxRetries: 0,
            run: (_ctx, result) => {
              if (broken && result === "b") throw new Error("cannot undo");
              undone.push(result);
            },
          },
        });
      }
      throw new Error("fails");
    };
    const handle = lab.start(workflow);
    const error = await rejection(handle.result);
    expect(error).toMatchObject({ code: "ROLLBACK_FAILED", stepName: "b" });
    expect((error.cause as Error).message).toBe("fails");
    expect(undone).toEqual(["c"]);
    broken = false;
    await lab.clock.settle(handle.recover());
    expect((await rejection(handle.result)).message).toBe("fails");
    expect(undone).toEqual(["c", "b", "a"]);
    expect((await rejection(handle.recover())).code).toBe("RUN_STATE");
  });

  it.each<[string, (handle: RunHandle<unknown>) => Promise<unknown>, string]>([
    ["completed", async () => {}, "completed"],
    ["cancelled", (handle) => handle.cancel(), "cancelled"],
  ])("of a %s run is refused", async (_name, prepare, state) => {
    const handle = lab.start(state === "completed" ? async () => 1 : restful);
    await lab.clock.settle(handle.result);
    await lab.clock.settle(prepare(handle));
    const bytes = lab.bytes();
    expect(await rejection(handle.recover())).toMatchObject({ code: "RUN_STATE", state });
    expect(lab.bytes()).toBe(bytes);
  });
});

describe("rewind and fork", () => {
  const counting = (calls: string[]) => async (ctx: WorkflowContext) => {
    for (const name of ["a", "b", "c"]) {
      await ctx.step(name, () => {
        calls.push(name);
      });
    }
    const body = await ctx.listen("wait", "m");
    await ctx.step("d", () => {
      calls.push("d");
    });
    return body;
  };

  it("rewind forgets the entry and what came after it, and runs that again", async () => {
    const calls: string[] = [];
    const handle = lab.start(counting(calls), { mode: "live" });
    await handle.send("m", 7);
    expect((await lab.clock.settle(handle.result)).output).toBe(7);
    await lab.clock.settle(handle.rewind({ to: "b" }));
    expect((await lab.clock.settle(handle.result)).output).toBe(7);
    expect(calls).toEqual(["a", "b", "c", "d", "b", "c", "d"]);
  });

  it.each([
    ["an unknown id", "nowhere"],
    ["an empty id", ""],
    ["no id", undefined],
  ])("rewind to %s is refused, and nothing changes", async (_what, to) => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    const bytes = lab.bytes();
    const error = await rejection(handle.rewind({ to: to as string }));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(lab.bytes()).toBe(bytes);
  });

  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a string", "b"],
  ])("rewind with %s for options is refused, and the run is not stopped", async (_what, options) => {
    const handle = lab.start(restful, { mode: "live" });
    await lab.clock.runUntilIdle();
    const error = await rejection(Promise.resolve().then(() => handle.rewind(options as never)));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect((await lab.clock.settle(handle.result)).output).toBe(2);
  });

  it("fork copies the run up to an entry, and leaves the source alone", async () => {
    const calls: string[] = [];
    const handle = lab.start(counting(calls), { mode: "live" });
    await handle.send("m", 7);
    await lab.clock.settle(handle.result);
    const bytes = lab.bytes();
    const driver = memoryDriver({ workflowId: "copy", clock: lab.clock });
    await handle.fork({ from: "c", workflowId: "copy", driver });
    expect(lab.bytes()).toBe(bytes);
    const copy = runWorkflow("copy", counting(calls), undefined, driver, {
      clock: lab.clock,
      scheduler: lab.clock.scheduler,
      mode: "live",
    });
    await copy.send("m", 8);
    expect((await lab.clock.settle(copy.result)).output).toBe(8);
    expect(calls).toEqual(["a", "b", "c", "d", "c", "d"]);
  });

  it.each([
    ["from nowhere", { from: "nowhere", workflowId: "copy" }, "INVALID_ARGUMENT"],
    ["to an empty id", { from: "a", workflowId: "" }, "INVALID_ARGUMENT"],
    ["to an id that is too long", { from: "a", workflowId: "x".repeat(513) }, "LIMIT"],
    ["to no driver", { from: "a", workflowId: "copy", driver: null }, "INVALID_ARGUMENT"],
    ["with null for options", null, "INVALID_ARGUMENT"],
  ])("fork %s is refused", async (_what, options, code) => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    const driver = memoryDriver({ workflowId: "copy", clock: lab.clock });
    const given = options === null ? null : { driver, ...options };
    expect((await rejection(handle.fork(given as never))).code).toBe(code);
    expect(driver.stats.commits).toBe(0);
  });
});

describe("history and watch", () => {
  it("history tells what is recorded, and decodes results only when asked", async () => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    const { entries, status, workflowId } = await handle.history();
    expect([workflowId, status]).toEqual(["run", "sleeping"]);
    expect(entries.map(({ id, kind, status: s }) => [id, kind, s])).toEqual([
      ["a", "step", "completed"],
      ["rest", "sleep", "pending"],
    ]);
    expect(entries[0]?.output()).toBe(1);
  });

  it("history tells the bodies of messages where the codec takes its time, or that it fails", async () => {
    let fails = false;
    const codec: PayloadCodec = {
      encode: async (value, what) => defaultCodec.encode(value, what),
      decode: async (bytes) => {
        if (fails) throw new Error("no key");
        return defaultCodec.decode(bytes);
      },
    };
    const handle = lab.start((ctx) => ctx.queue.nextBatch("batch", { names: ["n"], count: 2 }), { codec });
    await lab.clock.settle(Promise.all([handle.send("n", 1), handle.send("n", 2)]));
    await lab.clock.settle(handle.result);
    const [batch] = (await handle.history()).entries;
    expect(await batch?.output()).toMatchObject([{ body: 1 }, { name: "n", body: 2 }]);
    fails = true;
    await expect(batch?.output()).rejects.toMatchObject({ code: "STORAGE" });
  });

  it("history of a run that does not exist is refused", async () => {
    const storage = memoryDriver({ workflowId: "none", clock: lab.clock });
    const never = runWorkflow("none", restful, undefined, storage, {
      clock: lab.clock,
      scheduler: lab.clock.scheduler,
    });
    // Asked before the first pass has written anything.
    expect((await rejection(never.history())).code).toBe("RUN_NOT_FOUND");
  });

  it("watch gives growing revisions and ends with the run", async () => {
    const handle = lab.start(restful, { mode: "live" });
    const seen: HistorySnapshot[] = [];
    const watching = (async () => {
      for await (const snapshot of handle.watch()) seen.push(snapshot);
    })();
    await lab.clock.settle(Promise.all([handle.result, watching]));
    const revisions = seen.map(({ revision }) => revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(new Set(revisions).size).toBe(revisions.length);
    expect(seen.at(-1)?.status).toBe("completed");
  });

  it("watch of a damaged run tells that, while it is read and afterwards", async () => {
    await lab.run(restful);
    const dump = lab.storage.dump();
    dump.runs[0]?.entries[0]?.value.fill(1, 4, 5);
    lab.storage.restore(dump);
    const handle = lab.start(restful);
    const next = (): Promise<unknown> => handle.watch()[Symbol.asyncIterator]().next();
    await expect(lab.clock.settle(next())).rejects.toThrow(CorruptionError);
    await expect(lab.clock.settle(handle.result)).rejects.toThrow(CorruptionError);
    await expect(lab.clock.settle(next())).rejects.toThrow(CorruptionError);
  });

  it("watch of a run that there is not, and that nobody makes, tells so", async () => {
    const readOnly = new StorageError("read-only", { outcome: "not-applied", retryable: false });
    const driver = interceptedStore(lab.storage, (method, go) => {
      if (method === "commit") throw readOnly;
      return go();
    });
    const handle = lab.start(restful, { driver });
    await expect(lab.clock.settle(handle.result)).rejects.toThrow("read-only");
    const watching = handle.watch()[Symbol.asyncIterator]();
    await expect(watching.next()).rejects.toThrow(RunNotFoundError);
  });

  it("watch of a finished run gives its end and ends", async () => {
    const handle = lab.start(async () => 1);
    await lab.clock.settle(handle.result);
    const seen: string[] = [];
    for await (const snapshot of handle.watch()) seen.push(snapshot.status);
    expect(seen).toEqual(["completed"]);
  });

  it("watch that is first looked at when the run has ended gives its end and ends", async () => {
    const handle = lab.start(async () => "done");
    const watching = handle.watch()[Symbol.asyncIterator]();
    await lab.clock.settle(handle.result);
    expect((await watching.next()).value?.status).toBe("completed");
    expect(await watching.next()).toEqual({ done: true, value: undefined });
  });

  it("a watcher that leaves early, or is slow, holds up nothing", async () => {
    const handle = lab.start(restful, { mode: "live" });
    for await (const _ of handle.watch()) break;
    const slow = handle.watch()[Symbol.asyncIterator]();
    void slow.next();
    expect((await lab.clock.settle(handle.result)).output).toBe(2);
  });

  it("a watcher that leaves while it waits is not kept until the run goes on", async () => {
    const handle = lab.start(restful, { mode: "live" });
    await lab.clock.runUntilIdle();
    const watching = handle.watch()[Symbol.asyncIterator]();
    expect((await watching.next()).value?.status).toBe("sleeping");
    const waiting = watching.next();
    expect(await watching.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect((await lab.clock.settle(handle.result)).output).toBe(2);
  });
});

describe("request and send", () => {
  const answering = async (ctx: WorkflowContext) => {
    const message = await ctx.queue.next("wait", { names: ["ask"], completable: true });
    await message.complete((message.body as number) * 2);
    return "answered";
  };

  it("request gives the answer", async () => {
    const handle = lab.start(answering, { mode: "live" });
    expect(await lab.clock.settle(handle.request("ask", 21))).toBe(42);
  });

  it("request whose answer does not come in time rejects, and the message stays queued", async () => {
    const handle = lab.start(restful, { mode: "live" });
    const error = await rejection(handle.request("ask", 1, { timeout: "10s", messageId: "id-1" }));
    expect(error).toMatchObject({ code: "REQUEST_TIMEOUT", messageId: "id-1" });
    expect(lab.storage.dump().runs[0]?.messages.map(({ id }) => id)).toEqual(["id-1"]);
    await handle.evict();
    expect(lab.clock.pending).toBe(0);
  });

  it("request again with the same message id gives the same answer", async () => {
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        const message = await ctx.queue.next("wait", { names: ["ask"], completable: true });
        await message.complete("the answer");
        await ctx.sleep("rest", "1h");
      },
      { mode: "live" },
    );
    const first = handle.request("ask", 1, { messageId: "id-1", timeout: "1m" });
    expect(await lab.clock.settle(first, 60_000)).toBe("the answer");
    const second = handle.request("ask", 1, { messageId: "id-1", timeout: "1m" });
    expect(await lab.clock.settle(second, 120_000)).toBe("the answer");
  });

  it("request to a run that ends without answering rejects with its end", async () => {
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        await ctx.sleep("rest", "1s");
      },
      { mode: "live" },
    );
    expect(await rejection(handle.request("ask", 1))).toMatchObject({ code: "RUN_FINISHED" });
    expect(lab.clock.pending).toBe(0);
  });

  it.each<[string, unknown[], string]>([
    ["an empty name", [""], "INVALID_ARGUMENT"],
    ["no name", [], "INVALID_ARGUMENT"],
    ["a name that is too long", ["n".repeat(257)], "LIMIT"],
    ["a body that cannot be stored", ["m", () => 1], "UNSERIALIZABLE_VALUE"],
    ["a body that is too large", ["m", "x".repeat(256 * 1024)], "LIMIT"],
    ["an empty message id", ["m", 1, { messageId: "" }], "INVALID_ARGUMENT"],
    ["a message id that is a number", ["m", 1, { messageId: 7 }], "INVALID_ARGUMENT"],
    ["a message id that is null", ["m", 1, { messageId: null }], "INVALID_ARGUMENT"],
    ["a negative expiresIn", ["m", 1, { expiresIn: -1 }], "INVALID_ARGUMENT"],
    ["an expiresIn that is NaN", ["m", 1, { expiresIn: Number.NaN }], "INVALID_ARGUMENT"],
    ["an expiresIn that is null", ["m", 1, { expiresIn: null }], "INVALID_ARGUMENT"],
    ["null for options", ["m", 1, null], "INVALID_ARGUMENT"],
  ])("send and request with %s are refused, and nothing is queued", async (_what, args, code) => {
    const handle = lab.start(restful);
    await lab.clock.settle(handle.result);
    const bytes = lab.bytes();
    for (const call of [handle.send, handle.message, handle.request]) {
      expect(
        (await rejection((call as (...a: unknown[]) => Promise<unknown>).apply(handle, args))).code,
      ).toBe(code);
    }
    expect(lab.bytes()).toBe(bytes);
    expect(lab.clock.pending).toBe(0);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, "soon", null])(
    "request with the timeout %s is refused, and nothing is queued",
    async (timeout) => {
      const handle = lab.start(restful);
      await lab.clock.settle(handle.result);
      const bytes = lab.bytes();
      const error = await rejection(handle.request("m", 1, { timeout: timeout as never }));
      expect(error.code).toBe("INVALID_ARGUMENT");
      expect(lab.bytes()).toBe(bytes);
    },
  );

  it("send with the same message id twice is received once", async () => {
    const handle = lab.start(
      async (ctx: WorkflowContext) => [
        await ctx.listen("one", "m"),
        await ctx.listenWithTimeout("two", "m", "1m"),
      ],
      { mode: "live" },
    );
    await handle.send("m", "first", { messageId: "id" });
    await handle.send("m", "second", { messageId: "id" });
    await lab.clock.advance(1000);
    await handle.send("m", "third", { messageId: "id" });
    expect((await lab.clock.settle(handle.result)).output).toEqual(["first", null]);
  });

  it("a message that has expired is dropped, and observers are told", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.sleep("rest", "1m");
      return ctx.listenWithTimeout("wait", "m", "1m");
    };
    const handle = lab.start(workflow, { mode: "live" });
    await handle.send("m", "old", { expiresIn: "30s" });
    expect((await lab.clock.settle(handle.result)).output).toBeNull();
    expect(lab.events.filter(({ type }) => type === "message-expired")).toHaveLength(1);
    expect(lab.storage.dump().runs[0]?.messages).toEqual([]);
  });

  it("a full queue refuses with the limit in its error, and takes more when there is room", async () => {
    const storage = memoryDriver({ workflowId: "run", clock: lab.clock, limits: { queuedMessages: 2 } });
    const handle = lab.start((ctx: WorkflowContext) => ctx.listen("wait", "n"), { driver: storage });
    await lab.clock.settle(handle.result);
    await handle.send("m", 1);
    await handle.send("m", 2);
    expect(await rejection(handle.send("m", 3))).toMatchObject({ code: "QUEUE_FULL" });
  });

  it("a queue is as long as the sender's limits say, where the storage was not told", async () => {
    const limits = { queuedMessages: 1 };
    const handle = lab.start((ctx: WorkflowContext) => ctx.listen("wait", "n"), { limits });
    await lab.clock.settle(handle.result);
    await handle.send("m", 1);
    expect(await rejection(handle.send("m", 2))).toMatchObject({ code: "QUEUE_FULL" });
    await lab.start((ctx: WorkflowContext) => ctx.listen("wait", "n")).send("m", 3);
  });

  it("a finished run refuses messages", async () => {
    const handle = lab.start(async () => 1);
    await lab.clock.settle(handle.result);
    expect(await rejection(handle.send("m"))).toMatchObject({ code: "RUN_FINISHED", state: "completed" });
  });
});

describe("live mode", () => {
  it("looks for messages ever less often while no hint comes", async () => {
    const storage = crashDriver(lab.storage);
    const handle = lab.start((ctx: WorkflowContext) => ctx.listenWithTimeout("wait", "m", "2d"), {
      driver: storage,
      mode: "live",
    });
    await lab.clock.settle(handle.result);
    const looks = storage.operations.filter((operation) => operation === "peekMessages").length;
    // A second, doubled up to an hour: a dozen in the first hour, then one an hour.
    expect(looks).toBeLessThan(100);
  });
});
