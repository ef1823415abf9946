import { readFile } from "node:fs/promises";
import { runWorkflow, type WorkflowContext } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { expect, it } from "vitest";

/** Longer than a replay waits for a promise of the code's own. */
const BUSY_MS = 1_300;

/** Settles a few turns of the event loop behind the one in which all timers are late. */
function afterBusyTime(): Promise<unknown> {
  return new Promise((resolve) => {
    setTimeout(() => {
      const until = performance.now() + BUSY_MS;
      while (performance.now() < until);
      resolve(readFile(import.meta.filename));
    }, 20);
  });
}

it("a run whose process was busy while its code waited for a promise of its own is not taken to have diverged", async () => {
  let replaying = false;
  const run = async (ctx: WorkflowContext) => {
    const strand = async () => {
      await ctx.step("before", () => 1);
      if (replaying) await afterBusyTime();
      return ctx.step("after", () => 2);
    };
    const [after] = await Promise.all([strand(), ctx.listen("wait", "message")]);
    return after;
  };
  const driver = memoryDriver({ workflowId: "busy" });
  const first = runWorkflow("busy", run, undefined, driver, { mode: "yield" });
  expect(await first.result).toMatchObject({ state: "sleeping" });
  replaying = true;
  const second = runWorkflow("busy", run, undefined, driver, { mode: "live" });
  await second.send("message");
  expect(await second.result).toMatchObject({ state: "completed", output: 2 });
});
