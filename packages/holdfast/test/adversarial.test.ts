import { Loop, runWorkflow } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { frameBody } from "../src/history/message-body.ts";
import { defaultCodec, type PayloadCodec } from "../src/history/payload.ts";
import type { WorkflowContext } from "../src/model/context.ts";
import { StorageError } from "../src/model/errors/storage-errors.ts";
import type { EngineDriver } from "../src/storage/driver.ts";
import { crashDriver } from "../src/testing/crash-driver.ts";
import { EngineLab } from "./engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** An error every part of which throws. */
function hostileProxy(): object {
  const refuse = (): never => {
    throw new Error("trap");
  };
  return new Proxy(
    {},
    {
      get: refuse,
      has: refuse,
      getPrototypeOf: refuse,
      ownKeys: refuse,
      getOwnPropertyDescriptor: refuse,
      set: refuse,
    },
  );
}

class ThrowingMessage extends Error {
  override get message(): string {
    throw new Error("no message for you");
  }
}

const hostileThrows: readonly (readonly [string, () => unknown])[] = [
  ["a proxy every trap of which throws", hostileProxy],
  ["an error whose message getter throws", () => new ThrowingMessage()],
  ["an object without a prototype", () => Object.create(null)],
  [
    "an object whose toString throws",
    () => ({
      toString: () => {
        throw new Error("no");
      },
    }),
  ],
  ["a frozen error", () => Object.freeze(new Error("frozen"))],
  ["undefined", () => undefined],
  ["null", () => null],
  ["a symbol", () => Symbol("s")],
  ["a function", () => () => {}],
  ["a big integer", () => 10n],
  [
    "an error that is its own cause",
    () => {
      const error = new Error("self");
      error.cause = error;
      return error;
    },
  ],
  [
    "a revoked proxy",
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
];

describe("hostile throws", () => {
  describe.each(hostileThrows)("%s", (_name, make) => {
    it("from a step body is recorded as the step's failure and the run goes on", async () => {
      const workflow = async (ctx: WorkflowContext) => {
        const tried = await ctx.tryStep({
          name: "hostile",
          maxRetries: 1,
          retryBackoffBase: 0,
          run: () => {
            throw make();
          },
        });
        await ctx.sleep("rest", 1);
        return [tried.ok, await ctx.step("after", () => "after")];
      };
      await lab.run(workflow);
      await lab.clock.advance(10);
      expect((await lab.run(workflow)).output).toEqual([false, "after"]);
    });

    it("from the workflow function fails the run", async () => {
      const outcome = await lab.outcome(async (ctx: WorkflowContext) => {
        await ctx.step("a", () => 1);
        throw make();
      });
      expect(outcome.ok).toBe(false);
      expect(await lab.start(async () => 1).getState()).toBe("failed");
    });

    it("from a branch of a join is gathered in its error", async () => {
      const error = await lab.failure((ctx: WorkflowContext) =>
        ctx.join("j", {
          bad: {
            run: async () => {
              throw make();
            },
          },
          good: { run: (b) => b.step("s", () => 1) },
        }),
      );
      expect(error.name).toBe("JoinError");
    });

    it("from all branches of a race is gathered in its error", async () => {
      const error = await lab.failure((ctx: WorkflowContext) =>
        ctx.race("r", [
          {
            name: "bad",
            run: async () => {
              throw make();
            },
          },
        ]),
      );
      expect(error.name).toBe("RaceError");
    });

    it("from an item of a map is gathered in its error", async () => {
      const error = await lab.failure((ctx: WorkflowContext) =>
        ctx.map("m", [1], async () => {
          throw make();
        }),
      );
      expect(error.name).toBe("MapError");
    });

    it("from a try block or a loop fails the run, and nothing hangs", async () => {
      const outcome = await lab.outcome((ctx: WorkflowContext) =>
        ctx.try("t", (inner) =>
          inner.loop("l", async () => {
            throw make();
          }),
        ),
      );
      expect(outcome.ok).toBe(false);
    });

    it("from a rollback handler fails the rollback for good", async () => {
      const error = await lab.failure(async (ctx: WorkflowContext) => {
        await ctx.rollbackCheckpoint("c");
        await ctx.step({
          name: "a",
          run: () => 1,
          rollback: {
            maxRetries: 0,
            run: () => {
              throw make();
            },
          },
        });
        throw new Error("fails");
      });
      expect(error.name).toBe("RollbackFailedError");
    });
  });

  it("a retryIf that throws asks for no other attempt", async () => {
    const body = vi.fn(() => {
      throw new Error("first");
    });
    const error = await lab.failure((ctx: WorkflowContext) =>
      ctx.step({
        name: "a",
        retryIf: () => {
          throw new Error("judge");
        },
        run: body,
      }),
    );
    expect(error.message).toBe("first");
    expect(body).toHaveBeenCalledTimes(1);
  });
});

describe("hostile results", () => {
  it("a thenable that resolves twice and then throws gives its first value", async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a hostile thenable is what the test is about.
      then(resolve: (value: number) => void) {
        resolve(1);
        resolve(2);
        throw new Error("late");
      },
    };
    const result = await lab.run((ctx: WorkflowContext) =>
      ctx.step("a", () => thenable as unknown as Promise<number>),
    );
    expect(result.output).toBe(1);
  });

  it.each<[string, () => unknown]>([
    ["a function", () => () => {}],
    ["a symbol", () => Symbol("s")],
    ["a proxy every trap of which throws", hostileProxy],
    [
      "an object with a throwing getter",
      () => ({
        get x(): never {
          throw new Error("no");
        },
      }),
    ],
    ["an object with an own __proto__", () => JSON.parse('{"__proto__": 1}')],
  ])("%s as a step's result fails the step at once and is not retried", async (_name, make) => {
    const body = vi.fn(() => ({ inside: make() }));
    const result = await lab.run(async (ctx: WorkflowContext) => {
      const tried = await ctx.tryStep("a", body);
      return tried.ok ? "ok" : tried.failure.kind;
    });
    expect(result.output).toBe("critical");
    expect(body).toHaveBeenCalledTimes(1);
  });

  it("what the workflow does to a returned object does not change what is stored", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const value = await ctx.step("a", () => ({ list: [1] }));
      value.list.push(2);
      await ctx.sleep("rest", 1000);
      return (await ctx.step("b", () => value)).list;
    };
    await lab.run(workflow);
    await lab.clock.advance(1000);
    expect((await lab.run(workflow)).output).toEqual([1, 2]);
    const snapshot = await lab.start(workflow).history();
    expect(snapshot.entries.find((entry) => entry.name === "a")?.output()).toEqual({ list: [1] });
  });

  it("the object that a body keeps does not reach the workflow", async () => {
    const kept = { n: 1 };
    const result = await lab.run(async (ctx: WorkflowContext) => {
      const value = await ctx.step("a", () => kept);
      kept.n = 2;
      return [value === kept, value.n];
    });
    expect(result.output).toEqual([false, 1]);
  });

  it("an input that the caller changes after the call is stored as it was", async () => {
    const input = { n: 1 };
    const handle = lab.start(async (_ctx: WorkflowContext, given: { n: number }) => given.n, { input });
    input.n = 2;
    expect((await lab.clock.settle(handle.result)).output).toBe(1);
  });
});

describe("bodies that never end or go on", () => {
  it("a body that never settles and ignores its signal is left behind on eviction", async () => {
    let signal: AbortSignal | undefined;
    const handle = lab.start((ctx: WorkflowContext) =>
      ctx.step({
        name: "stuck",
        timeout: 0,
        run: (step) => {
          signal = step.signal;
          return new Promise(() => {});
        },
      }),
    );
    await lab.clock.runUntilIdle();
    await lab.clock.settle(handle.evict());
    expect((await handle.result).state).toBe("evicted");
    expect(signal?.aborted).toBe(true);
    expect(lab.clock.pending).toBe(0);
  });

  it("a body that ends after its timeout is ignored and reported as orphaned", async () => {
    const result = await lab.run(async (ctx: WorkflowContext) => {
      const tried = await ctx.tryStep({
        name: "slow",
        timeout: 10,
        run: async () => {
          await lab.clock.sleep(100);
          return "late";
        },
      });
      await ctx.step({ name: "wait", timeout: 0, run: () => lab.clock.sleep(500) });
      return tried.ok ? "ok" : tried.failure.kind;
    });
    expect(result.output).toBe("timeout");
    expect(lab.events.filter((event) => event.type === "step-orphaned")).toHaveLength(1);
  });

  it("a workflow that returns while a step runs fails and names it", async () => {
    const error = await lab.failure(async (ctx: WorkflowContext) => {
      void ctx.step("forgotten", () => lab.clock.sleep(10));
      return "done";
    });
    expect(error.name).toBe("EntryInProgressError");
    expect(error.message).toContain("forgotten");
    expect(error.message).toContain("did you forget to await");
  });

  it("a wait that is left over at return is dropped", async () => {
    const result = await lab.run(
      async (ctx: WorkflowContext) => {
        void ctx.sleep("long", "1d");
        void ctx.listen("never", "m");
        return "done";
      },
      { mode: "live" },
    );
    expect(result.output).toBe("done");
    expect(lab.clock.pending).toBe(0);
  });

  it("a failing operation that nobody looks at fails the run and does not end the process", async () => {
    const error = await lab.failure(
      async (ctx: WorkflowContext) => {
        void ctx.tryStep({
          name: "a",
          catch: [],
          maxRetries: 0,
          run: () => {
            throw new Error("unseen");
          },
        });
        void ctx.listenWithTimeout("b", "m", 1);
        await ctx.sleep("rest", 100);
      },
      { mode: "live" },
    );
    expect(error.code).toBe("FAILURE_UNAWAITED");
  });
});

describe("contexts where they must not be used", () => {
  it("inside a step body an operation is refused and the error names the body", async () => {
    const error = await lab.failure((ctx: WorkflowContext) =>
      ctx.step({
        name: "outer",
        maxRetries: 0,
        run: async () => {
          await Promise.resolve();
          return ctx.step("inner", () => 1);
        },
      }),
    );
    expect(error.message).toContain('inside the body of step "outer"');
  });

  it("a step body may run another workflow of its own", async () => {
    const result = await lab.run((ctx: WorkflowContext) =>
      ctx.step("starts another", async () => {
        const other = runWorkflow(
          "other",
          async (inner: WorkflowContext) => inner.step("a", () => 7),
          undefined,
          memoryDriver({ workflowId: "other" }),
        );
        return (await other.result).output;
      }),
    );
    expect(result.output).toBe(7);
  });

  it("after its block has ended a context is refused", async () => {
    const error = await lab.failure(async (ctx: WorkflowContext) => {
      let leaked: WorkflowContext | undefined;
      await ctx.try("block", async (inner) => {
        leaked = inner;
      });
      await leaked?.step("late", () => 1);
    });
    expect(error.name).toBe("ContextMisuseError");
    expect(error.message).toContain("block");
  });

  it("a foreign promise is reported once, with the operation's name", async () => {
    const result = await lab.run(async (ctx: WorkflowContext) => {
      await ctx.step("a", () => 1);
      await lab.clock.sleep(5);
      await ctx.step("b", () => 2);
      await lab.clock.sleep(5);
      return ctx.step("c", () => 3);
    });
    expect(result.output).toBe(3);
    const reported = lab.events.filter((event) => event.type === "nondeterminism");
    expect(reported).toHaveLength(1);
    expect(reported[0]).toMatchObject({ name: "b" });
  });

  it("a foreign promise is an error in strict mode", async () => {
    const error = await lab.failure(
      async (ctx: WorkflowContext) => {
        await lab.clock.sleep(5);
        return ctx.step("b", () => 2);
      },
      { strict: true },
    );
    expect(error.name).toBe("NondeterminismError");
    expect(error.message).toContain('"b"');
  });
});

describe("control flow of the engine", () => {
  it("never reaches a catch or a finally of the workflow when the run parks", async () => {
    const seen: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      try {
        await ctx.sleep("long", "1h");
      } catch {
        seen.push("catch");
      } finally {
        seen.push("finally");
      }
    };
    expect((await lab.run(workflow)).state).toBe("sleeping");
    await lab.clock.runUntilIdle();
    expect(seen).toEqual([]);
  });

  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>]>([
    ["step", (ctx) => ctx.step("a", () => 1)],
    ["tryStep", (ctx) => ctx.tryStep("a", () => 1)],
    ["try", (ctx) => ctx.try("a", async () => 1)],
    ["loop", (ctx) => ctx.loop("a", async () => Loop.break(1))],
    ["join", (ctx) => ctx.join("a", {})],
    ["race", (ctx) => ctx.race("a", [{ name: "b", run: async () => 1 }])],
    ["map", (ctx) => ctx.map("a", [], () => 1)],
    ["queue.next", (ctx) => ctx.queue.next("a", { names: ["m"] })],
    ["queue.nextBatch", (ctx) => ctx.queue.nextBatch("a", { names: ["m"] })],
    ["listen", (ctx) => ctx.listen("a", "m")],
    ["listenN", (ctx) => ctx.listenN("a", "m", 1)],
    ["rollbackCheckpoint", (ctx) => ctx.rollbackCheckpoint("a")],
    ["getVersion", (ctx) => ctx.getVersion("a", 2)],
    ["removed", (ctx) => ctx.removed("a", "step")],
  ])("never reaches a catch of the workflow when %s does not fit the history", async (_name, ask) => {
    await lab.run((ctx: WorkflowContext) => ctx.sleep("a", "1h"));
    const seen: unknown[] = [];
    const error = await lab.failure(async (ctx: WorkflowContext) => {
      try {
        await ask(ctx);
      } catch (caught) {
        seen.push(caught);
      } finally {
        seen.push("finally");
      }
    });
    expect(error.name).toBe("HistoryDivergedError");
    await lab.clock.runUntilIdle();
    expect(seen).toEqual([]);
  });
});

describe("the storage and the run", () => {
  it("a message that is received but not consumed yet does not keep the engine busy while a step runs", async () => {
    const storage = crashDriver(lab.storage);
    const handle = lab.start(
      (ctx: WorkflowContext) =>
        Promise.all([
          ctx.listen("first", "m"),
          ctx.listenWithTimeout("second", "m", "1h"),
          ctx.step({ name: "long", timeout: 0, run: () => lab.clock.sleep(60_000) }),
        ]),
      { driver: storage, mode: "live" },
    );
    await lab.clock.runUntilIdle();
    await handle.send("m", 1);
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    const peeks = storage.operations.filter((operation) => operation === "peekMessages").length;
    void handle.evict();
    expect(peeks).toBeLessThan(10);
  });

  it("a read that fails for a moment starts no body twice", async () => {
    const body = vi.fn(() => lab.clock.sleep(50));
    const workflow = (ctx: WorkflowContext) => Promise.all([ctx.listen("wait", "m"), ctx.step("long", body)]);
    const quiet = crashDriver(lab.storage);
    lab.start(workflow, { driver: quiet, mode: "live" });
    await lab.clock.runUntilIdle();
    const before = quiet.operations.length;
    lab = new EngineLab();
    body.mockClear();
    const storage = crashDriver(lab.storage, { faults: [{ operation: before + 1, fault: "not-applied" }] });
    const handle = lab.start(workflow, { driver: storage, mode: "live" });
    await lab.clock.runUntilIdle();
    expect(body).toHaveBeenCalledTimes(1);
    await lab.storage.enqueueMessage({
      id: "m-1",
      name: "m",
      body: frameBody({ workflowId: "run", id: "m-1", name: "m" }, defaultCodec.encode(1, "body")),
      createdAt: lab.clock.now(),
      expiresAt: null,
      completable: false,
      remember: true,
    });
    const first = await lab.clock.settle(handle.result).then(
      () => "ended",
      (error: unknown) => (StorageError.is(error) ? "lost" : "failed"),
    );
    if (first === "lost") await lab.run(workflow, { mode: "live" });
    expect(storage.operations[before]).toBe("peekMessages");
    expect(body).toHaveBeenCalledTimes(1);
  });

  it("a message that came before the deadline is received though the run wakes after it", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const body = await ctx.listenWithTimeout("wait", "m", 1000);
      return [body, await ctx.step("after", () => 0)];
    };
    const handle = lab.start(workflow);
    await lab.clock.settle(handle.result);
    await lab.clock.advance(500);
    await handle.send("m", "in time");
    await lab.clock.advance(5000);
    expect((await lab.run(workflow)).output).toEqual(["in time", 0]);
  });

  it("a pause while an at-most-once step is about to start does not count as an interruption", async () => {
    let sent = 0;
    const workflow = (ctx: WorkflowContext) =>
      ctx.step({
        name: "once",
        delivery: "at-most-once",
        run: () => {
          sent += 1;
          return "sent";
        },
      });
    const slow = slowCommits(lab);
    const handle = lab.start(workflow, { driver: slow });
    await lab.clock.runUntilIdle();
    const pausing = handle.pause();
    await lab.clock.advance(1000);
    await pausing;
    expect(sent).toBe(0);
    const again = lab.start(workflow);
    await again.result.catch(() => {});
    await again.resume();
    expect((await lab.clock.settle(again.result)).output).toBe("sent");
    expect(sent).toBe(1);
  });
});

/** A driver whose commits take 10 ms. */
function slowCommits({ clock, storage }: EngineLab): EngineDriver {
  return {
    limits: storage.limits,
    load: () => storage.load(),
    list: (prefix, page) => storage.list(prefix, page),
    commit: async (batch) => {
      await clock.sleep(10);
      await storage.commit(batch);
    },
    applied: (batchId) => storage.applied(batchId),
    peekMessages: (names, count) => storage.peekMessages(names, count),
    enqueueMessage: (message) => storage.enqueueMessage(message),
    waitForMessages: (names, signal) => storage.waitForMessages(names, signal),
  };
}

describe("a codec that takes its time", () => {
  const slow: PayloadCodec = {
    encode: async (value, what) => {
      await new Promise((resolve) => setImmediate(resolve));
      return defaultCodec.encode(value, what);
    },
    decode: async (bytes) => {
      await new Promise((resolve) => setImmediate(resolve));
      return defaultCodec.decode(bytes);
    },
  };

  it("lets a loop go on without false reports of nondeterminism", async () => {
    const result = await lab.run(
      (ctx: WorkflowContext) =>
        ctx.loop<number, number>({
          name: "l",
          state: 0,
          run: async (inner, n) =>
            (await inner.step("s", () => n)) === 3 ? Loop.break(n) : Loop.continue(n + 1),
        }),
      { codec: slow, strict: true, mode: "live" },
    );
    expect(result.output).toBe(3);
    expect(lab.events.filter((event) => event.type === "nondeterminism")).toEqual([]);
  });

  it("lets a loop beside a sleep go on in one pass", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const [count] = await Promise.all([
        ctx.loop<number, number>({
          name: "l",
          state: 0,
          run: async (inner, n) =>
            (await inner.step("s", () => n)) === 3 ? Loop.break(n) : Loop.continue(n + 1),
        }),
        ctx.sleep("long", "1h"),
      ]);
      return count;
    };
    expect((await lab.run(workflow, { codec: slow })).state).toBe("sleeping");
    const snapshot = await lab.start(workflow, { codec: slow }).history();
    expect(snapshot.entries.find((entry) => entry.name === "l")?.status).toBe("completed");
  });

  it("does not look like divergence while a loop's state is decoded", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      await Promise.all([
        ctx.loop<number, number>({
          name: "l",
          state: 0,
          historyPruneInterval: 1,
          run: async (inner, n) => {
            await inner.step("s", () => n);
            await inner.sleep("p", "1m");
            return n === 3 ? Loop.break(n) : Loop.continue(n + 1);
          },
        }),
        ctx.sleep("long", "1h"),
      ]);
      return "done";
    };
    for (let pass = 0; pass < 8; pass++) {
      const { state, sleepUntil } = await lab.run(workflow, { codec: slow });
      if (state === "completed") return;
      expect(state).toBe("sleeping");
      await lab.clock.advanceTo(sleepUntil as number);
    }
    expect.unreachable("the run did not end");
  });

  it("collects the handlers of a loop when the run is rolled back", async () => {
    const undone: number[] = [];
    const error = await lab.failure(
      async (ctx: WorkflowContext) => {
        await ctx.rollbackCheckpoint("c");
        await ctx.loop<number, void>({
          name: "l",
          state: 0,
          historyPruneInterval: 1,
          historySize: 0,
          run: async (inner, n) => {
            await inner.step({
              name: "s",
              run: () => n,
              rollback: (_ctx, result) => {
                undone.push(result);
              },
            });
            return n === 2 ? Loop.break() : Loop.continue(n + 1);
          },
        });
        throw new Error("fails");
      },
      { codec: slow },
    );
    expect(error.message).toBe("fails");
    expect(undone).toEqual([2, 1, 0]);
  });
});
