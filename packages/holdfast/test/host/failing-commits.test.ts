import {
  defineWorkflow,
  type EngineDriver,
  RunPausedError,
  StorageError,
  type WorkflowStore,
} from "holdfast";
import { expect, test } from "vitest";
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
  await clock.advance(3_600_000);
  expect(it.bodies).toBe(11);
  it.failure = null;
  await clock.advance(60_000);
  await reaches(clock, handle, "paused");
  const error = await handle.getError();
  expect(RunPausedError.is(error) && error.reason).toBe("crash-loop");
  await handle.resume();
  expect(await clock.settle(handle.result())).toBe(12);
});
