import type { Duration } from "../model/duration.ts";

/** Options of `result`. */
export interface ResultOptions {
  /** Whether to wait for the end of the run; if not, and it has not ended: `RunPausedError` or `RunStateError`. @default true */
  readonly wait?: boolean;
  /** How long to wait; `RunStateError` when the run has not ended by then. @default for ever */
  readonly timeout?: Duration;
}
