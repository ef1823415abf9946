import { type RunHandle, runWorkflow } from "#holdfast/index.ts";
import { memoryDriver } from "#holdfast/memory.ts";
import { virtualClock } from "#holdfast/testing.ts";
import { countingDriver } from "../measure/counting-driver.ts";
import type { LoopHome, LoopHomeOptions } from "./loop-home.ts";

/** The engine alone, in live mode, on a driver in memory and a virtual clock. */
export async function memoryHome({ observers = [] }: LoopHomeOptions = {}): Promise<LoopHome> {
  const clock = virtualClock();
  const storage = memoryDriver({ workflowId: "run", clock });
  const driver = countingDriver(storage, { dropAnswers: true });
  let handle: RunHandle<unknown> | undefined;
  const running = (): RunHandle<unknown> => {
    if (handle === undefined) throw new Error("The run was not started.");
    return handle;
  };
  return {
    gauges: {
      timers: () => clock.pending,
      stored: () => storage.stats,
      operations: () => driver.counts.calls + driver.counts.rowsWritten + driver.counts.rowsRead,
    },
    mostListeners: () => driver.counts.mostListeners,
    run: async (workflow) => {
      const options = { clock, scheduler: clock.scheduler, mode: "live", observers } as const;
      handle = runWorkflow("run", workflow, undefined, driver, options);
      const { output } = await clock.settle(handle.result);
      return output;
    },
    send: (name, body) => running().send(name, body),
    request: (name, body) => running().request(name, body),
    close: () => storage.close(),
  };
}
