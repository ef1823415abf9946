import { checkMethods, checkNumbers } from "../model/check.ts";
import type { Clock } from "../model/clock.ts";
import { DEFAULT_LIMITS, type Limits } from "../model/limits.ts";
import { DEFAULT_DRIVER_LIMITS } from "./batch-limits.ts";
import type { DriverLimits } from "./records.ts";

/** Options that every store and driver of this package has. */
export interface StorageOptions {
  /**
   * The storage's clock, by which leases and due times are reckoned. @default the wall clock; in memory as it was at the
   * opening, and the monotonic clock from then on
   */
  readonly clock?: Pick<Clock, "now">;
  /**
   * Of these only `queuedMessages` concerns a storage (`QueueFullError`); it comes before what senders have as theirs.
   * @default the sender's
   */
  readonly limits?: Partial<Limits>;
  /** What one batch may hold (`LimitError`). @default values of 64 MiB, batches of 256 MiB and 100,000 rows */
  readonly driverLimits?: Partial<DriverLimits>;
}

/** The names of these options; each storage adds its own. */
export const STORAGE_OPTIONS: Readonly<Record<keyof StorageOptions, true>> = {
  clock: true,
  limits: true,
  driverLimits: true,
};

/** Options that every storage has, checked and complete but for the clock. */
export interface StorageSettings {
  readonly limits: DriverLimits;
  /** Null: as each sender says. */
  readonly queuedMessages: number | null;
}

/** @throws InvalidArgumentError */
export function storageSettings(
  options: StorageOptions,
  defaults: DriverLimits = DEFAULT_DRIVER_LIMITS,
): StorageSettings {
  const { clock, limits = {}, driverLimits = {} } = options;
  if (clock !== undefined) checkMethods(clock, "clock", ["now"]);
  checkNumbers(limits, "limits", DEFAULT_LIMITS);
  return {
    limits: checkNumbers(driverLimits, "driverLimits", defaults),
    queuedMessages: limits.queuedMessages ?? null,
  };
}
