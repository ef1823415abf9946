import { beforeEach, describe, expect, it } from "vitest";
import type { LiveRun } from "../../src/engine/live/live-run.ts";
import type { WorkflowContext } from "../../src/model/context.ts";
import { RequestTimeoutError, RunFinishedError } from "../../src/model/errors/run-errors.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

const patient = async (ctx: WorkflowContext) => {
  await ctx.queue.next("wait", { names: ["go"] });
  return ctx.step("work", () => "done");
};

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null;
}

const restless = async (ctx: WorkflowContext) => {
  await ctx.queue.next("wait", { names: ["go"] });
  await ctx.step("work", () => "done");
  await ctx.sleep("rest", "1h");
};

describe("what is asked of a parked run while its next pass begins", () => {
  const ends = { cancel: "cancelled", pause: "paused", resume: "sleeping", rewind: "sleeping" } as const;

  it.each(Object.keys(ends) as (keyof typeof ends)[])(
    "%s is done before the pass or by it, never refused",
    async (ask) => {
      // Who comes first is decided by a few microtasks: every interleaving of the two is tried.
      for (let lead = -40; lead <= 40; lead++) {
        lab = new EngineLab();
        const handle = lab.start(restless);
        await lab.clock.settle(handle.result);
        if (ask !== "rewind") await handle.send("go");
        const options = ask === "rewind" ? { to: "wait" } : undefined;
        const asked = microtasks(lead).then(() =>
          (handle[ask] as (given?: unknown) => Promise<unknown>)(options),
        );
        const woken = microtasks(-lead).then(() => handle.wake());
        await lab.clock.settle(Promise.all([asked, woken]));
        const ended = await lab.clock.settle(handle.result.catch((error: unknown) => error));
        if (ask !== "pause") expect(ended).not.toBeInstanceOf(Error);
        expect(await lab.clock.settle(handle.getState())).toBe(ends[ask]);
      }
    },
  );
});

describe("a request to a parked run", () => {
  it("ends with a later pass that ends the run without an answer", async () => {
    const handle = lab.start(patient);
    await lab.clock.settle(handle.result);
    const answer = handle.request("go", null, { timeout: "1h" }).catch((error: unknown) => error);
    await lab.clock.advance(1);
    await handle.wake();
    await lab.clock.settle(handle.result);
    const error = await lab.clock.settle(answer);
    expect(error).not.toBeInstanceOf(RequestTimeoutError);
    expect(error).toBeInstanceOf(RunFinishedError);
  });
});

describe("a cancel that comes while the commit of another is under way", () => {
  /** The run at a step that never ends, behind one that can be undone; the second cancel comes with the commit of the first. */
  async function cancelTwice(first: boolean, second: boolean) {
    const { storage, clock } = lab;
    const undone: string[] = [];
    let later: Promise<unknown> | null = null;
    const driver: EngineDriver = {
      limits: storage.limits,
      load: () => storage.load(),
      list: (prefix, page) => storage.list(prefix, page),
      commit: async (batch) => {
        await storage.commit(batch);
        if (batch.status !== "cancelled" && batch.status !== "rolling_back") return;
        later ??= handle.cancel({ compensate: second });
        await clock.sleep(10);
      },
      applied: (batchId) => storage.applied(batchId),
      peekMessages: (names, count) => storage.peekMessages(names, count),
      enqueueMessage: (message) => storage.enqueueMessage(message),
      waitForMessages: (names, signal) => storage.waitForMessages(names, signal),
    };
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        await ctx.rollbackCheckpoint("from here");
        await ctx.step({ name: "charge", run: () => 1, rollback: () => void undone.push("charge") });
        await ctx.step({ name: "hangs", run: () => new Promise(() => {}), timeout: 0 });
      },
      { driver },
    );
    await clock.advance(100);
    const told = await clock.settle(handle.cancel({ compensate: first }));
    await clock.settle(handle.result);
    return { told: [told, await clock.settle(later ?? Promise.resolve(null))], undone };
  }

  it("is told that it came too late, and not that the run was undone for it", async () => {
    const { told, undone } = await cancelTwice(false, true);
    expect(told).toEqual([{ cancelled: true }, { cancelled: false, state: "cancelled" }]);
    expect(undone).toEqual([]);
  });

  it("and so is one that comes while the other begins to undo the run", async () => {
    const { told, undone } = await cancelTwice(true, false);
    expect(told).toEqual([{ cancelled: true }, { cancelled: false, state: "rolling_back" }]);
    expect(undone).toEqual(["charge"]);
  });
});

it("a parked run that is to end what runs has nothing to end: it is left, and waits no more", async () => {
  const handle = lab.start(patient, { mode: "live" });
  await lab.clock.advance(10);
  expect(await handle.getState()).toBe("sleeping");
  await lab.clock.settle((handle as unknown as LiveRun).evict("drain"));
  expect(await handle.result).toMatchObject({ state: "sleeping", waitingForMessages: ["go"] });
  expect(lab.clock.pending).toBe(0);
});
