import type { DriverLimits } from "../../storage/records.ts";

/** What a case asks of the storage that it is given. */
export interface DriverSettings {
  /** What one batch may hold; the driver's own limits where none is named. */
  readonly driverLimits?: Partial<DriverLimits>;
  /** How many messages one run may have queued. */
  readonly queuedMessages?: number;
}
