import { LiveRun } from "../engine/live/live-run.ts";
import type { RunHandle } from "../engine/live/run-handle.ts";
import { checkWorkflowId } from "../model/check.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import type { MessageBodies } from "../model/message.ts";
import { definitionOf, type Workflow } from "../model/workflow.ts";
import type { EngineDriver } from "../storage/driver.ts";
import { type EngineOptions, engineSettings } from "./engine-settings.ts";

export interface RunWorkflowOptions extends EngineOptions {
  /**
   * `"yield"`: the result settles when the run parks, and the caller starts it again when it is due. `"live"`: a parked
   * run waits in memory and goes on in place, without replay. @default "yield"
   */
  readonly mode?: "yield" | "live";
}

/**
 * Runs one run on a driver: the engine alone, for platforms that bring their own isolation, such as an actor or a
 * Durable Object. The run is created when the driver has none; else it goes on where it stopped, with its stored input.
 *
 * @throws InvalidArgumentError, LimitError on bad arguments, before anything is written.
 */
// biome-ignore lint/complexity/useMaxParams: the contract (DESIGN 4) has these five.
export function runWorkflow<Input, Output, Bodies extends MessageBodies, RawInput = Input>(
  workflowId: string,
  workflow: Workflow<Input, Output, Bodies, RawInput>,
  input: RawInput,
  driver: EngineDriver,
  options: RunWorkflowOptions = {},
): RunHandle<Output> {
  const settings = engineSettings(options);
  checkWorkflowId(workflowId, settings.limits);
  const { mode = "yield" } = options;
  if (mode !== "yield" && mode !== "live") {
    throw new InvalidArgumentError(`mode must be "yield" or "live"; got ${describe(mode)}.`);
  }
  if (typeof driver?.commit !== "function" || typeof driver.load !== "function") {
    throw new InvalidArgumentError(`driver must be an EngineDriver; got ${describe(driver)}.`);
  }
  const definition = definitionOf(workflow);
  return new LiveRun({
    settings,
    workflowId,
    definition,
    input,
    driver,
    mode,
  }) as unknown as RunHandle<Output>;
}
