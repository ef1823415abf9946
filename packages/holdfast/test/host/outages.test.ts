import {
  defineWorkflow,
  type EngineDriver,
  runWorkflow,
  StorageError,
  type WorkflowContext,
  type WorkflowStore,
} from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { type VirtualClock, virtualClock } from "holdfast/testing";
import { describe, expect, test } from "vitest";
import { breaking } from "../drivers/broken-subjects.ts";
import { virtualStore } from "./host-on-virtual-clock.ts";
import { interceptedStore } from "./intercepted-store.ts";

/** What every call of a storage that is out rejects with: nobody knows what it has done. */
const out = new StorageError("connection refused", { outcome: "unknown", retryable: true });
const BODY_MS = 200_000;

/** A driver of which no call is answered with anything but `out` while `it.isOut`, but for hints. */
function failing<Driver extends EngineDriver>(driver: Driver, it: { isOut: boolean }): Driver {
  return interceptedStore(driver, async (method, go) => {
    if (it.isOut && method !== "waitForMessages") throw out;
    return go();
  });
}

/** Waits for a message beside a body that takes a while, or after it. */
function waiting(clock: VirtualClock, beside: boolean) {
  const it = { isOut: false, bodies: 0 };
  const slow = async (): Promise<number> => {
    it.bodies += 1;
    await clock.sleep(BODY_MS);
    return it.bodies;
  };
  const run = async (ctx: WorkflowContext) => {
    const step = ctx.step({ name: "slow", timeout: 0, run: slow });
    if (!beside) await step;
    return Promise.all([ctx.listen("wait", "go"), step]);
  };
  return { it, definition: defineWorkflow({ name: "waiting", run }) };
}

/** The outage begins while the body runs, and is over before it ends, or long after that. */
describe.each([60_000, 3_600_000])("a storage that is out for %i ms while a body runs", (outageMs) => {
  test.each([true, false])("has it run once under a host (a wait beside it: %s)", async (beside) => {
    const world = virtualStore();
    const { clock } = world;
    const { it, definition } = waiting(clock, beside);
    const driver: WorkflowStore["driver"] = (claim) => failing(world.store.driver(claim), it);
    const store = breaking<WorkflowStore>(world.store, { driver });
    const host = await world.host({ workflows: [definition], store });
    const handle = await host.start(definition, { workflowId: "a" });
    await clock.advance(1_000);
    it.isOut = true;
    await clock.advance(outageMs);
    it.isOut = false;
    await handle.send("go", "on");
    expect(await clock.settle(handle.result())).toEqual(["on", 1]);
    expect(it.bodies).toBe(1);
  });

  test.each([true, false])("has it run once without one (a wait beside it: %s)", async (beside) => {
    const clock = virtualClock();
    const { it, definition } = waiting(clock, beside);
    const options = { clock, scheduler: clock.scheduler, mode: "live" } as const;
    const handle = runWorkflow("a", definition, undefined, failing(memoryDriver({ clock }), it), options);
    await clock.advance(1_000);
    it.isOut = true;
    await clock.advance(outageMs);
    it.isOut = false;
    await handle.send("go", "on");
    expect((await clock.settle(handle.result)).output).toEqual(["on", 1]);
    expect(it.bodies).toBe(1);
  });
});
