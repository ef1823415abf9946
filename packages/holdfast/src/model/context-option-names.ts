import type { BranchConfig, LoopConfig, MapOptions, RaceBranch } from "./context.ts";
import type { MessageBodies } from "./message.ts";
import { type OptionNames, optionNames } from "./option-names.ts";
import type { QueueBatchOptions, QueueNextOptions, QueueSendOptions } from "./queue.ts";
import type { RetryOptions } from "./retry-options.ts";
import type {
  RollbackOptions,
  StepConfig,
  StepOptions,
  TryOptions,
  TryStepConfig,
  TryStepOptions,
} from "./step-options.ts";

/** Owns: the names of the options of the context's operations. */

const RETRY: Readonly<Record<keyof RetryOptions, true>> = {
  maxRetries: true,
  retryBackoffBase: true,
  retryBackoffMax: true,
  retryBackoffFactor: true,
  retryJitter: true,
  retryIf: true,
};

const STEP: Readonly<Record<keyof StepOptions<unknown>, true>> = {
  ...RETRY,
  timeout: true,
  heartbeatTimeout: true,
  retryOnTimeout: true,
  ephemeral: true,
  delivery: true,
  rollback: true,
  output: true,
};

export const STEP_OPTIONS: OptionNames = optionNames<StepOptions<unknown>>(STEP);
export const STEP_CONFIG: OptionNames = optionNames<StepConfig<unknown>>({ name: true, run: true, ...STEP });
export const TRY_STEP_OPTIONS: OptionNames = optionNames<TryStepOptions<unknown>>({ catch: true, ...STEP });
export const TRY_STEP_CONFIG: OptionNames = optionNames<TryStepConfig<unknown>>({
  name: true,
  run: true,
  catch: true,
  ...STEP,
});
export const ROLLBACK_OPTIONS: OptionNames = optionNames<RollbackOptions<unknown>>({
  run: true,
  timeout: true,
  ...RETRY,
});
export const TRY_OPTIONS: OptionNames = optionNames<TryOptions>({ catch: true });
export const LOOP_CONFIG: OptionNames = optionNames<LoopConfig<MessageBodies, unknown, unknown>>({
  name: true,
  state: true,
  run: true,
  historyPruneInterval: true,
  historySize: true,
  commitInterval: true,
  historyEvery: true,
  historyKeep: true,
});
export const MAP_OPTIONS: OptionNames = optionNames<MapOptions>({
  concurrency: true,
  minSuccessful: true,
  toleratedFailures: true,
});
export const JOIN_BRANCH: OptionNames = optionNames<BranchConfig<MessageBodies, unknown>>({ run: true });
export const RACE_BRANCH: OptionNames = optionNames<RaceBranch<MessageBodies, unknown>>({
  name: true,
  run: true,
});
export const QUEUE_NEXT_OPTIONS: OptionNames = optionNames<QueueNextOptions<string>>({
  names: true,
  timeout: true,
  completable: true,
});
export const QUEUE_BATCH_OPTIONS: OptionNames = optionNames<QueueBatchOptions<string>>({
  names: true,
  count: true,
  timeout: true,
  completable: true,
});
export const QUEUE_SEND_OPTIONS: OptionNames = optionNames<QueueSendOptions>({ to: true });
