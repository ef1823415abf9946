import type { Duration } from "./duration.ts";

/** How failed attempts are repeated. */
export interface RetryOptions {
  /** Retries after the first attempt, 0 or more; `Infinity` for no end. @default 3 */
  readonly maxRetries?: number;
  /** The wait before the first retry. @default 100 ms */
  readonly retryBackoffBase?: Duration;
  /** The longest wait. @default 30 s */
  readonly retryBackoffMax?: Duration;
  /** What each wait is multiplied by to give the next; at least 1. @default 2 */
  readonly retryBackoffFactor?: number;
  /**
   * Spreads the waits of runs that failed together: `"full"` draws from 0 to the wait, `"equal"` from half of it to
   * all of it (Brooker, "Exponential Backoff and Jitter", 2015), a number from 0 to 1 takes up to that share off.
   * @default "none"
   */
  readonly retryJitter?: "none" | "full" | "equal" | number;
  /** Whether this error deserves another attempt; `attempt` is the one that failed, from 1. @default every error does */
  readonly retryIf?: (error: unknown, attempt: number) => boolean;
}

/** Retries after the first attempt. */
export const DEFAULT_MAX_RETRIES = 3;
/** Milliseconds before the first retry. */
export const DEFAULT_RETRY_BACKOFF_BASE_MS = 100;
/** The longest wait before a retry, in milliseconds. */
export const DEFAULT_RETRY_BACKOFF_MAX_MS = 30_000;
/** What each wait is multiplied by to give the next. */
export const DEFAULT_RETRY_BACKOFF_FACTOR = 2;
