import { type OptionNames, optionNames } from "../../model/option-names.ts";
import type { DriverLimits } from "../../storage/records.ts";
import { STORAGE_OPTIONS, type StorageOptions, storageSettings } from "../../storage/storage-options.ts";
import { MemoryTransactor } from "./memory-transactor.ts";

/** Options of `memoryStore` and `memoryDriver`. */
export type MemoryOptions = StorageOptions;

export const MEMORY_STORE_OPTIONS: OptionNames = optionNames<MemoryOptions>(STORAGE_OPTIONS);

/** The limits that hold, and the transactor that keeps them. */
export function openMemory(options: MemoryOptions): { limits: DriverLimits; transactor: MemoryTransactor } {
  const { limits, queuedMessages } = storageSettings(options);
  const { clock } = options;
  const now = clock === undefined ? steadyTime() : () => clock.now();
  return { limits, transactor: new MemoryTransactor({ now, limits, queuedMessages }) };
}

/** The wall clock's time now, and what passes from now on by the monotonic clock: one that is set moves nothing. */
function steadyTime(): () => number {
  // biome-ignore lint/plugin: this one default; what a store tells of time is no part of a replay.
  const ahead = Date.now() - performance.now();
  return () => Math.floor(ahead + performance.now());
}

declare const performance: { now(): number };
