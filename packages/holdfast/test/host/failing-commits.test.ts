import {
  type CommitBatch,
  defaultCodec,
  defineWorkflow,
  type EngineDriver,
  type PayloadCodec,
  RunPausedError,
  runWorkflow,
  StorageError,
  type WorkflowStore,
} from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { virtualClock } from "holdfast/testing";
import { describe, expect, test } from "vitest";
import { breaking } from "../drivers/broken-subjects.ts";
import { reaches, virtualStore } from "./host-on-virtual-clock.ts";

/** A host on a store that takes claims and renewals, and no rows while `failure` is set; counts the starts of one body. */
async function failing(failure: StorageError) {
  const world = virtualStore();
  const it = { failure: failure as StorageError | null, bodies: 0 };
  const store = breaking<WorkflowStore>(world.store, {
    driver: (claim) => {
      const driver = world.store.driver(claim);
      return breaking<EngineDriver>(driver, {
        commit: async (batch) => {
          if (it.failure !== null && batch.puts.length > 0) throw it.failure;
          return driver.commit(batch);
        },
      });
    },
  });
  const counting = defineWorkflow({
    name: "counting",
    run: async (ctx) => {
      await ctx.step("count", () => ++it.bodies);
      return ctx.step("after", () => it.bodies);
    },
  });
  const host = await world.host({ workflows: [counting], store });
  const handle = await host.start(counting, { workflowId: "a" });
  return { ...world, it, host, handle };
}

const full = new StorageError("disk full", { outcome: "not-applied", retryable: true });
const damaged = new StorageError("a damaged page", { outcome: "not-applied", retryable: false });

test("a body whose result cannot be stored for an hour runs once, as long as its claim is renewed", async () => {
  const { clock, it, handle } = await failing(full);
  await clock.advance(3_600_000);
  expect(it.bodies).toBe(1);
  it.failure = null;
  expect(await clock.settle(handle.result())).toBe(1);
});

test("a host that stops waits for a storage that takes no commits as it does for a body, and a pause until it takes them", async () => {
  const { clock, host, it, handle } = await failing(full);
  await clock.advance(60_000);
  const paused = handle.pause();
  await clock.advance(60_000);
  it.failure = null;
  await clock.settle(paused);
  it.failure = full;
  await handle.resume();
  await clock.advance(60_000);
  const before = clock.now();
  await clock.settle(host.stop({ timeoutMs: 5_000 }));
  expect(clock.now() - before).toBeLessThan(10_000);
  expect([it.bodies, (await handle.history()).entries.map(({ id }) => id)]).toEqual([1, ["count"]]);
});

test("a run whose commits fail for good is held after its crash budget, and its body does not start for ever", async () => {
  const { clock, it, handle } = await failing(damaged);
  await clock.advance(240_000);
  expect(it.bodies).toBe(1);
  await clock.advance(7_200_000);
  expect(it.bodies).toBe(11);
  it.failure = null;
  await clock.advance(60_000);
  await reaches(clock, handle, "paused");
  const error = await handle.getError();
  expect(RunPausedError.is(error) && error.reason).toBe("crash-loop");
  await handle.resume();
  expect(await clock.settle(handle.result())).toBe(12);
});

describe("a run without a host", () => {
  /** One whose driver takes no commits once a body has run, for as long as `it.failure` is set. */
  function bare(failure: unknown) {
    const clock = virtualClock();
    const it = { failure: failure as unknown };
    const { bodies, counting } = countingSteps();
    const driver = memoryDriver({ clock });
    const failing = breaking<EngineDriver>(driver, {
      commit: async (batch) => {
        if (it.failure !== null && bodies.length > 0) throw it.failure;
        return driver.commit(batch);
      },
    });
    const handle = runWorkflow("a", counting, undefined, failing, { clock, scheduler: clock.scheduler });
    return { clock, it, bodies, handle };
  }

  test("runs no body twice where its result cannot be stored for an hour", async () => {
    const { clock, it, bodies, handle } = bare(full);
    await clock.advance(3_600_000);
    it.failure = null;
    expect((await clock.settle(handle.result)).state).toBe("completed");
    expect(bodies).toEqual([1, 2, 3]);
  });

  test("waits no longer when it is evicted", async () => {
    const { clock, handle } = bare(full);
    await clock.advance(60_000);
    const before = clock.now();
    await clock.settle(handle.evict());
    expect(clock.now() - before).toBeLessThan(10_000);
    await expect(handle.result).rejects.toThrow("disk full");
  });

  test.each([damaged, new TypeError("socket hang up")])(
    "waits for seconds at most where the storage does not say that it comes back: %s",
    async (failure) => {
      const { clock, handle } = bare(failure);
      const before = clock.now();
      await expect(clock.settle(handle.result)).rejects.toThrow(failure.message);
      expect(clock.now() - before).toBeLessThan(10_000);
    },
  );
});

describe.each(["before", "after"] as const)(
  "a storage that throws errors without a type %s it has written",
  (when) => {
    /** Fails every third call. */
    function flaky<Driver extends EngineDriver>(driver: Driver): Driver {
      let calls = 0;
      const failing =
        <Given extends unknown[], Value>(call: (...given: Given) => Promise<Value>) =>
        async (...given: Given): Promise<Value> => {
          const fails = ++calls % 3 === 1;
          if (fails && when === "before") throw new TypeError("socket hang up");
          const value = await call(...given);
          if (fails) throw new TypeError("socket hang up");
          return value;
        };
      return breaking<EngineDriver>(driver, {
        load: failing(() => driver.load()),
        commit: failing((batch: CommitBatch) => driver.commit(batch)),
        applied: failing((id: string) => driver.applied(id)),
      }) as Driver;
    }

    test("runs no body twice under a host", async () => {
      const world = virtualStore();
      const driver: WorkflowStore["driver"] = (claim) => flaky(world.store.driver(claim));
      const store = breaking<WorkflowStore>(world.store, { driver });
      const { bodies, counting } = countingSteps();
      const host = await world.host({ workflows: [counting], store });
      const handle = await host.start(counting, { workflowId: "a" });
      await reaches(world.clock, handle, "completed");
      expect(bodies).toEqual([1, 2, 3]);
    });

    test("runs no body twice without one", async () => {
      const clock = virtualClock();
      const { bodies, counting } = countingSteps();
      const options = { clock, scheduler: clock.scheduler };
      const handle = runWorkflow("a", counting, undefined, flaky(memoryDriver({ clock })), options);
      expect((await clock.settle(handle.result)).state).toBe("completed");
      expect(bodies).toEqual([1, 2, 3]);
    });
  },
);

function countingSteps() {
  const bodies: number[] = [];
  const counting = defineWorkflow({
    name: "counting",
    run: async (ctx) => {
      for (let n = 1; n <= 3; n++) await ctx.step(`step ${n}`, () => void bodies.push(n));
    },
  });
  return { bodies, counting };
}

test("a claim is given back before its lease ends, however rarely its host looks for work: else a codec that is down would use up the crash budget", async () => {
  const { clock, store, host } = virtualStore();
  const keys = { areThere: true };
  const codec: PayloadCodec = {
    encode: (value, what) => {
      if (!keys.areThere) throw new Error("no keys");
      return defaultCodec.encode(value, what);
    },
    decode: (bytes) => defaultCodec.decode(bytes),
  };
  const workflow = defineWorkflow({
    name: "blocks",
    run: (ctx) => ctx.try("block", async () => "value"),
  });
  const running = await host({ workflows: [workflow], codec, leaseMs: 1_000, pollMs: 5_000 });
  const handle = await running.start(workflow, { workflowId: "a" });
  keys.areThere = false;
  await clock.advance("1h");
  expect((await store.get("a"))?.status).not.toBe("paused");
  keys.areThere = true;
  expect(await clock.settle(handle.result())).toEqual({ ok: true, value: "value" });
});
