import { LiveRun } from "../engine/live/live-run.ts";
import type { RunHandle } from "../engine/live/run-handle.ts";
import { checkMethods, checkWord, checkWorkflowId } from "../model/check.ts";
import type { MessageBodies } from "../model/message.ts";
import { checkGiven, type OptionNames, optionNames } from "../model/option-names.ts";
import { definitionOf, type Workflow } from "../model/workflow.ts";
import type { EngineDriver } from "../storage/driver.ts";
import { DRIVER_METHODS } from "../storage/port-methods.ts";
import { ENGINE_OPTIONS, type EngineOptions } from "./engine-options.ts";
import { engineSettings } from "./engine-settings.ts";

/** Options of `runWorkflow`. */
export interface RunWorkflowOptions extends EngineOptions {
  /**
   * `"yield"`: the result settles when the run parks, and the caller starts it again when it is due. `"live"`: a parked
   * run waits in memory and goes on in place, without replay. @default "yield"
   */
  readonly mode?: "yield" | "live";
}

const RUN_OPTIONS: OptionNames = optionNames<RunWorkflowOptions>({ ...ENGINE_OPTIONS, mode: true });

/**
 * Runs one run on a driver: the engine alone, for platforms that bring their own isolation, such as an actor or a
 * Durable Object. The run is created when the driver has none; else it goes on where it stopped, with its stored input.
 *
 * @throws InvalidArgumentError, LimitError on bad arguments, before anything is written.
 */
export function runWorkflow<
  Input,
  Output,
  Bodies extends MessageBodies,
  RawInput = Input,
  RawBodies extends MessageBodies = Bodies,
  // biome-ignore lint/complexity/useMaxParams: these five are what every caller has to say.
>(
  workflowId: string,
  workflow: Workflow<Input, Output, Bodies, RawInput, RawBodies>,
  input: NoInfer<RawInput>,
  driver: EngineDriver,
  options: RunWorkflowOptions = {},
): RunHandle<Output> {
  checkGiven(options, "The options of runWorkflow", RUN_OPTIONS);
  const settings = engineSettings(options);
  checkWorkflowId(workflowId, settings.limits);
  const { mode = "yield" } = options;
  checkWord(mode, "mode", ["yield", "live"]);
  checkMethods(driver, "driver", DRIVER_METHODS);
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
