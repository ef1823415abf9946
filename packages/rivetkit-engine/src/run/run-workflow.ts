import { HostedDriver } from "../driver/hosted-driver.ts";
import type { EngineDriver } from "../model/driver.ts";
import type { RunWorkflowOptions, WorkflowFunction, WorkflowHandle } from "../model/run.ts";
import { HostedHandle } from "./hosted-handle.ts";
import { HostedRun } from "./hosted-run.ts";

/**
 * Runs one run on a host's driver, from its beginning or from where it stopped; it begins at once. A run that has
 * completed or failed is replayed: recorded results are given again, and what is not recorded is done.
 */
// biome-ignore lint/complexity/useMaxParams: the declared function has these five.
export function runWorkflow<TInput, TOutput>(
  workflowId: string,
  workflowFn: WorkflowFunction<TInput, TOutput>,
  input: TInput,
  driver: EngineDriver,
  options: RunWorkflowOptions = {},
): WorkflowHandle<TOutput> {
  const hosted = new HostedDriver(driver, workflowId);
  const run = new HostedRun({
    workflowId,
    workflow: workflowFn,
    input,
    host: driver,
    driver: hosted,
    options,
  });
  return new HostedHandle({ workflowId, host: driver, driver: hosted, run });
}
