import { kvDriver, type RunWorkflowOptions, runWorkflow, type WorkflowContext } from "../../../src/index.ts";
import type { MapKV } from "./map-kv.ts";

async function trial(ctx: WorkflowContext, user: string) {
  await ctx.step("welcome", () => `Welcome, ${user}!`);
  await ctx.sleep("two weeks", "14d");
  return `The trial of ${user} has ended.`;
}

/** What the platform calls to start the run, when its alarm fires, and after a message has come: in one process with one `kv`. */
export function work(kv: MapKV, options: RunWorkflowOptions = {}) {
  const driver = kvDriver(kv, { workflowId: "trial-ada" });
  return runWorkflow("trial-ada", trial, "ada", driver, options).result;
}
