import { runWorkflow } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { systemWorld } from "../../src/system/system-world.ts";

interface Counts {
  turns: number;
  timersSet: number;
  timersLeft: number;
}

/** Runs a workflow over the real clock and event loop, and counts what it asks of them. */
async function counted(run: (ctx: WorkflowContext) => Promise<unknown>): Promise<Counts> {
  const { handle, counts } = started(run);
  await handle.result;
  return counts;
}

function started(run: (ctx: WorkflowContext) => Promise<unknown>) {
  const counts: Counts = { turns: 0, timersSet: 0, timersLeft: 0 };
  const driver = memoryDriver({ workflowId: "run" });
  const handle = runWorkflow("run", { name: "counted", run }, null, driver, {
    mode: "live",
    scheduler: {
      afterMicrotasks: (resume) => {
        counts.turns += 1;
        systemWorld.scheduler.afterMicrotasks(resume);
      },
    },
    clock: {
      now: () => systemWorld.clock.now(),
      monotonic: () => systemWorld.clock.monotonic(),
      setTimer: (delayMs, fire) => {
        counts.timersSet += 1;
        counts.timersLeft += 1;
        let over = false;
        const end = (): void => {
          if (!over) counts.timersLeft -= 1;
          over = true;
        };
        const cancel = systemWorld.clock.setTimer(delayMs, () => {
          end();
          fire();
        });
        return () => {
          end();
          cancel();
        };
      },
    },
  });
  return { handle, counts };
}

function steps(count: number) {
  return async (ctx: WorkflowContext): Promise<void> => {
    for (let i = 0; i < count; i++) await ctx.step(`step ${i}`, () => i);
  };
}

/** What each of the last hundred steps costs. */
async function perStep(which: (counts: Counts) => number): Promise<number> {
  const [less, more] = [await counted(steps(100)), await counted(steps(200))];
  return (which(more) - which(less)) / 100;
}

describe("what a step asks of the event loop", () => {
  it("is one turn: its result is handed over, and the code goes on to the next", async () => {
    expect(await perStep(({ turns }) => turns)).toBe(1);
  });

  it("is one timer, its timeout, and none is left", async () => {
    expect(await perStep(({ timersSet }) => timersSet)).toBe(1);
    expect((await counted(steps(100))).timersLeft).toBe(0);
  });

  it("is one turn for each of the results that came together", async () => {
    const branches = (width: number) => async (ctx: WorkflowContext) =>
      void (await Promise.all(Array.from({ length: width }, (_, i) => ctx.step(`s${i}`, () => i))));
    const [less, more] = [await counted(branches(100)), await counted(branches(200))];
    expect(more.turns - less.turns).toBe(100);
  });
});

describe("a wait for a message with a timeout", () => {
  it("has two timers, its timeout's and the next look's, and leaves none behind", async () => {
    const left: number[] = [];
    const { handle, counts } = started(async (ctx) => {
      for (let i = 0; i < 50; i++) {
        await ctx.listenWithTimeout(`wait ${i}`, "go", 3_600_000);
        left.push(counts.timersLeft);
      }
    });
    for (let i = 0; i < 50; i++) {
      const received = left.length;
      await handle.send("go");
      while (left.length === received) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await handle.result;
    expect(Math.max(...left)).toBeLessThanOrEqual(2);
    expect(counts.timersSet / 50).toBeLessThanOrEqual(4);
    expect(counts.timersLeft).toBe(0);
  });
});

describe("a step's body", () => {
  it("that asks for its signal after the timeout is given one that is aborted, with the reason", async () => {
    const seen = Promise.withResolvers<AbortSignal>();
    const run = async (ctx: WorkflowContext): Promise<unknown> =>
      ctx.tryStep({
        name: "late",
        timeout: 5,
        run: async (step) => {
          await new Promise((resolve) => setTimeout(resolve, 30));
          seen.resolve(step.signal);
        },
      });
    const driver = memoryDriver({ workflowId: "late" });
    const handle = runWorkflow("late", { name: "late", run }, null, driver);
    await handle.result;
    const signal = await seen.promise;
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ name: "StepTimeoutError" });
  });

  it("is given the same signal, key and log each time it asks", async () => {
    let same = false;
    const run = (ctx: WorkflowContext): Promise<void> =>
      ctx.step("asks", (step) => {
        const { signal, log } = step;
        same = step.signal === signal && step.log === log;
        expect({ ...step }).toMatchObject({ attempt: 1, idempotencyKey: "asks%002fgain/asks" });
      });
    const driver = memoryDriver({ workflowId: "asks/gain" });
    await runWorkflow("asks/gain", { name: "asks", run }, null, driver).result;
    expect(same).toBe(true);
  });
});
