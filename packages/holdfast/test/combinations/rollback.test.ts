import { Loop } from "holdfast";
import { describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { crashDriver } from "../../src/testing/crash-driver.ts";
import { crashEverywhere } from "../../src/testing/crash-everywhere.ts";
import { EngineLab } from "../engine-lab.ts";
import type { Code } from "./ends-as.ts";

/** What was done and undone, each `+name` or `-name`. */
type Trace = string[];

function armed(trace: Trace, ctx: WorkflowContext, name: string): Promise<string> {
  return ctx.step({
    name,
    run: () => {
      trace.push(`+${name}`);
      return name;
    },
    rollback: (_ctx, result) => void trace.push(`-${result}`),
  });
}

const blocks: readonly (readonly [string, (ctx: WorkflowContext, trace: Trace) => Promise<unknown>])[] = [
  [
    "a finished join",
    (ctx, trace) =>
      ctx.join("block", {
        a: { run: (b) => b.sleep("nap", "2m").then(() => armed(trace, b, "a")) },
        b: { run: (b) => b.sleep("nap", "1m").then(() => armed(trace, b, "b")) },
      }),
  ],
  [
    "a race's winner and loser",
    (ctx, trace) =>
      ctx.race<unknown>("block", [
        { name: "loser", run: (b) => armed(trace, b, "lost").then(() => b.sleep("nap", "1h")) },
        { name: "winner", run: (b) => b.sleep("nap", "1m").then(() => armed(trace, b, "won")) },
      ]),
  ],
  [
    "a loop whose iterations were pruned",
    (ctx, trace) =>
      ctx.loop<number, void>({
        name: "block",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, n) => {
          if (n !== 1) await armed(trace, inner, `round ${n}`);
          return n === 2 ? Loop.break() : Loop.continue(n + 1);
        },
      }),
  ],
  [
    "nested loops",
    (ctx, trace) =>
      ctx.loop<number, void>({
        name: "outer",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (outer, i) => {
          await outer.loop<number, void>({
            name: "inner",
            state: 0,
            historyPruneInterval: 1,
            historySize: 0,
            run: async (inner, j) => {
              await armed(trace, inner, `${i}.${j}`);
              return j === 1 ? Loop.break() : Loop.continue(j + 1);
            },
          });
          return i === 1 ? Loop.break() : Loop.continue(i + 1);
        },
      }),
  ],
  [
    "a try that caught a failure",
    (ctx, trace) =>
      ctx.try("block", async (t) => {
        await armed(trace, t, "tried");
        await t.step({
          name: "fails",
          maxRetries: 0,
          run: () => {
            throw new Error("caught");
          },
        });
      }),
  ],
  [
    "a map",
    (ctx, trace) => ctx.map("block", ["x", "y", "z"], (item, n) => armed(trace, item, n), { concurrency: 2 }),
  ],
];

/** Passes over a run until it has ended. */
async function toTheEnd(lab: EngineLab, code: Code): Promise<Error> {
  for (let pass = 0; pass < 30; pass++) {
    const end = await lab.outcome(code);
    if (!end.ok) return end.error as Error;
    await lab.clock.advanceTo(end.value.sleepUntil ?? lab.clock.now() + 1);
  }
  throw new Error("the run did not end");
}

const mirrored = (trace: Trace): Trace => {
  const done = trace.filter((entry) => entry.startsWith("+"));
  return [...done, ...done.map((entry) => `-${entry.slice(1)}`).reverse()];
};

describe("rollback", () => {
  describe.each(blocks)("of steps in %s", (_where, block) => {
    const code =
      (trace: Trace): Code =>
      async (ctx) => {
        await ctx.rollbackCheckpoint("from here");
        await armed(trace, ctx, "before");
        await block(ctx, trace);
        await armed(trace, ctx, "after");
        throw new Error("the workflow fails");
      };

    it("undoes each of them once, in strictly reverse order of commit", async () => {
      const trace: Trace = [];
      expect((await toTheEnd(new EngineLab(), code(trace))).message).toBe("the workflow fails");
      expect(trace.length).toBeGreaterThanOrEqual(6);
      expect(trace).toEqual(mirrored(trace));
    });

    it("goes on in the same order after a crash at any point", { timeout: 30_000 }, async () => {
      const { cases } = await crashEverywhere({ name: "rollback", workflow: code([]), sameEffects: false });
      expect(cases).toBeGreaterThan(0);
    });

    it("is the same when the run is cancelled with compensation", async () => {
      const trace: Trace = [];
      const lab = new EngineLab();
      const resting: Code = async (ctx) => {
        await ctx.rollbackCheckpoint("from here");
        await block(ctx, trace);
        await ctx.sleep("rest", "30d");
      };
      const handle = lab.start(resting, { mode: "live" });
      await lab.clock.advance(3_000_000);
      expect(await lab.clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
      expect((await lab.clock.settle(handle.result)).state).toBe("cancelled");
      expect(trace.some((entry) => entry.startsWith("-"))).toBe(true);
      expect(trace).toEqual(mirrored(trace));
    });
  });

  it("retries a handler that fails, and goes on with the ones before it", async () => {
    const trace: Trace = [];
    const error = await toTheEnd(new EngineLab(), async (ctx) => {
      await ctx.rollbackCheckpoint("from here");
      await armed(trace, ctx, "a");
      await ctx.step({
        name: "b",
        run: () => 0,
        rollback: {
          maxRetries: 2,
          retryBackoffBase: "1h",
          run: ({ attempt, lastError }) => {
            trace.push(`try ${attempt} after ${(lastError as Error | undefined)?.message}`);
            if (attempt < 3) throw new Error(`not ${attempt}`);
          },
        },
      });
      throw new Error("the workflow fails");
    });
    expect(error.message).toBe("the workflow fails");
    expect(trace).toEqual(["+a", "try 1 after undefined", "try 2 after not 1", "try 3 after not 2", "-a"]);
  });

  it("stops at a handler that fails for good, and recover goes on from there", async () => {
    const trace: Trace = [];
    let mended = false;
    const code: Code = async (ctx) => {
      await ctx.rollbackCheckpoint("from here");
      await armed(trace, ctx, "a");
      await ctx.step({
        name: "b",
        run: () => 0,
        rollback: {
          maxRetries: 0,
          run: () => {
            if (!mended) throw new Error("stuck");
            trace.push("-b");
          },
        },
      });
      await armed(trace, ctx, "c");
      throw new Error("the workflow fails");
    };
    const lab = new EngineLab();
    const failed = await toTheEnd(lab, code);
    expect(failed.name).toBe("RollbackFailedError");
    expect((failed.cause as Error).message).toBe("the workflow fails");
    expect(trace).toEqual(["+a", "+c", "-c"]);
    mended = true;
    const handle = lab.start(code);
    await lab.clock.settle(handle.result.catch(() => {}));
    await lab.clock.settle(handle.recover());
    await lab.clock.settle(handle.result.catch(() => {}));
    expect(await lab.clock.settle(handle.getState())).toBe("failed");
    expect(((await lab.clock.settle(handle.getError())) as Error).message).toBe("the workflow fails");
    expect(trace).toEqual(["+a", "+c", "-c", "-b", "-a"]);
  });

  it("that stuck begins its handlers anew when the run was rewound and fails again", async () => {
    const trace: Trace = [];
    const attempts: number[] = [];
    const code: Code = async (ctx) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.step({
        name: "stuck",
        run: () => 0,
        rollback: {
          maxRetries: 1,
          retryBackoffBase: 1,
          run: ({ attempt }) => {
            attempts.push(attempt);
            throw new Error("stuck");
          },
        },
      });
      await armed(trace, ctx, "last");
      throw new Error("the workflow fails");
    };
    const lab = new EngineLab();
    expect((await toTheEnd(lab, code)).name).toBe("RollbackFailedError");
    const handle = lab.start(code);
    await lab.clock.settle(handle.result.catch(() => {}));
    await lab.clock.settle(handle.rewind({ to: "last" }));
    await lab.clock.settle(handle.result.catch(() => {}));
    expect((await toTheEnd(lab, code)).name).toBe("RollbackFailedError");
    expect(attempts).toEqual([1, 2, 1, 2]);
    expect(trace).toEqual(["+last", "-last", "+last", "-last"]);
  });

  it("stays one when it is evicted under newer code, whatever that has recorded meanwhile", async () => {
    const lab = new EngineLab();
    const code =
      (gated: boolean): Code =>
      async (ctx) => {
        await ctx.rollbackCheckpoint("from here");
        if (gated) await ctx.getVersion("newer", 2);
        await ctx.step({ name: "a", run: () => 0, rollback: () => new Promise(() => {}) });
        throw new Error("the workflow fails");
      };
    for (const gated of [false, true]) {
      const handle = lab.start(code(gated));
      const ended = handle.result.catch(() => {});
      await lab.clock.advance(10);
      expect(await lab.clock.settle(handle.getState())).toBe("rolling_back");
      await lab.clock.settle(handle.evict());
      await lab.clock.settle(ended);
      expect(await lab.clock.settle(handle.getState())).toBe("rolling_back");
    }
  });

  it("whose handler kills the process every time is held by the crash budget", async () => {
    const lab = new EngineLab();
    let starts = 0;
    for (let life = 0; life < 40; life++) {
      const died = Promise.withResolvers<null>();
      const driver = crashDriver(lab.storage, { onCrash: () => died.resolve(null) });
      const code: Code = async (ctx) => {
        await ctx.rollbackCheckpoint("from here");
        await ctx.step({
          name: "a",
          run: () => 1,
          rollback: () => {
            starts += 1;
            driver.crash();
            return new Promise(() => {});
          },
        });
        throw new Error("the workflow fails");
      };
      const end = lab.start(code, { driver }).result.catch((error: Error) => error.name);
      if ((await lab.clock.settle(Promise.race([died.promise, end]))) !== null) break;
    }
    expect(starts).toBeLessThanOrEqual(14);
  });
});
