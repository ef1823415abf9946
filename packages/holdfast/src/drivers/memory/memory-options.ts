import type { Clock } from "../../model/clock.ts";
import { DEFAULT_LIMITS, type Limits } from "../../model/limits.ts";
import { DEFAULT_DRIVER_LIMITS } from "../../storage/batch-limits.ts";
import type { DriverLimits } from "../../storage/records.ts";
import { MemoryTransactor } from "./memory-transactor.ts";

/** Options of `memoryStore` and `memoryDriver`. */
export interface MemoryOptions {
  /** The storage's clock, by which leases and due times are reckoned. @default the wall clock */
  readonly clock?: Pick<Clock, "now">;
  /** Of these only `queuedMessages` concerns a storage (`QueueFullError`). @default `DEFAULT_LIMITS` */
  readonly limits?: Partial<Limits>;
  /** What one batch may hold (`LimitError`). @default values of 64 MiB, batches of 256 MiB and 100,000 rows */
  readonly driverLimits?: Partial<DriverLimits>;
}

/** The limits that hold, and the transactor that keeps them. */
export function openMemory(options: MemoryOptions): { limits: DriverLimits; transactor: MemoryTransactor } {
  const { clock } = options;
  const limits = { ...DEFAULT_DRIVER_LIMITS, ...options.driverLimits };
  const queuedMessages = options.limits?.queuedMessages ?? DEFAULT_LIMITS.queuedMessages;
  // biome-ignore lint/plugin: the wall clock is this one default; what a store tells of time is no part of a replay.
  const now = clock === undefined ? () => Date.now() : () => clock.now();
  return { limits, transactor: new MemoryTransactor({ now, limits, queuedMessages }) };
}
