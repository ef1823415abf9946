import { type OptionNames, optionNames } from "../model/option-names.ts";
import { ENGINE_OPTIONS } from "../system/engine-options.ts";
import type { ListOptions, StartOptions } from "./client.ts";
import type { ClientOptions, HostOptions, RetentionOptions } from "./host-options.ts";
import type { ResultOptions } from "./result-options.ts";

/** Owns: the names of the options of hosts and clients, and of what they and their handles do. */

const CLIENT: Readonly<Record<keyof ClientOptions, true>> = { ...ENGINE_OPTIONS, store: true, pollMs: true };

export const CLIENT_OPTIONS: OptionNames = optionNames<ClientOptions>(CLIENT);
export const HOST_OPTIONS: OptionNames = optionNames<HostOptions>({
  ...CLIENT,
  workflows: true,
  concurrency: true,
  leaseMs: true,
  cacheSize: true,
  retention: true,
  drainOnSignal: true,
});
export const RETENTION_OPTIONS: OptionNames = optionNames<RetentionOptions>({
  completedMs: true,
  failedMs: true,
  cancelledMs: true,
});
export const STOP_OPTIONS: OptionNames = optionNames<{ timeoutMs: number }>({ timeoutMs: true });
export const START_OPTIONS: OptionNames = optionNames<StartOptions<unknown>>({
  workflowId: true,
  input: true,
});
export const LIST_OPTIONS: OptionNames = optionNames<ListOptions>({
  status: true,
  workflowName: true,
  limit: true,
  cursor: true,
});
export const RESULT_OPTIONS: OptionNames = optionNames<ResultOptions>({ wait: true, timeout: true });
export const FORK_OPTIONS: OptionNames = optionNames<{ from: string; workflowId: string }>({
  from: true,
  workflowId: true,
});
