import type { StepConfig as EngineStepConfig, RollbackContext } from "holdfast";
import { DEFAULT_RETRY_BACKOFF_BASE, DEFAULT_RETRY_BACKOFF_MAX } from "../defaults.ts";
import { engineError } from "../errors/translate.ts";
import type { RollbackContextInterface, StepConfig } from "../model/context.ts";
import { runAttempt } from "./attempt.ts";
import type { RunLink } from "./run-link.ts";

/** A step as the engine takes it. The first retry comes after twice the base, as in RivetKit's own engine. */
export function engineStep<T>(config: StepConfig<T>, link: RunLink): EngineStepConfig<T> {
  const base = config.retryBackoffBase ?? DEFAULT_RETRY_BACKOFF_BASE;
  const max = config.retryBackoffMax ?? DEFAULT_RETRY_BACKOFF_MAX;
  const step: EngineStepConfig<T> = {
    name: config.name,
    run: (context) => runAttempt(link, config, context),
    ...given(config, ["maxRetries", "timeout", "retryOnTimeout", "ephemeral"]),
    retryBackoffBase: Math.min(base * 2, max),
    retryBackoffMax: max,
  };
  const { rollback } = config;
  if (rollback === undefined) return step;
  const { workflowId } = link;
  const run = ({ signal }: RollbackContext, output: T): Promise<unknown> =>
    undo(rollback, { workflowId, abortSignal: signal, isEvicted: () => signal.aborted }, output);
  return { ...step, rollback: { run, maxRetries: 0, timeout: 0 } };
}

async function undo<T>(
  rollback: NonNullable<StepConfig<T>["rollback"]>,
  context: RollbackContextInterface,
  output: T,
): Promise<void> {
  try {
    await rollback(context, output);
  } catch (error) {
    throw engineError(error);
  }
}

/** The options that were given: an option that is `undefined` is one that was not. */
function given<Options extends object, Key extends keyof Options>(
  options: Options,
  keys: readonly Key[],
): Partial<{ [K in Key]: Exclude<Options[K], undefined> }> {
  const found = keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]);
  return Object.fromEntries(found);
}
