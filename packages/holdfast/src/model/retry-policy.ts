import { describe } from "./describe.ts";
import { type Duration, durationMs } from "./duration.ts";
import { InvalidArgumentError } from "./errors/argument-errors.ts";

/** How failed attempts are repeated. */
export interface RetryOptions {
  /** Retries after the first attempt; `Infinity` for no end. @default 3 */
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
  /** Whether this error deserves another attempt. @default every error does */
  readonly retryIf?: (error: unknown, attempt: number) => boolean;
}

export const DEFAULT_MAX_RETRIES = 3;
export const DEFAULT_RETRY_BACKOFF_BASE_MS = 100;
export const DEFAULT_RETRY_BACKOFF_MAX_MS = 30_000;
export const DEFAULT_RETRY_BACKOFF_FACTOR = 2;

/** Retry options, checked and complete. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly baseMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** The share of a wait that jitter may take off. */
  readonly jitter: number;
  readonly retryIf: ((error: unknown, attempt: number) => boolean) | undefined;
}

/**
 * @throws InvalidArgumentError when an option has a wrong type or value.
 */
export function retryPolicy(options: RetryOptions, where: string): RetryPolicy {
  const maxRetries = options.maxRetries ?? DEFAULT_MAX_RETRIES;
  if (!(maxRetries === Number.POSITIVE_INFINITY || (Number.isSafeInteger(maxRetries) && maxRetries >= 0))) {
    throw new InvalidArgumentError(
      `${where}: maxRetries must be a whole number from 0, or Infinity; got ${describe(maxRetries)}.`,
    );
  }
  const factor = options.retryBackoffFactor ?? DEFAULT_RETRY_BACKOFF_FACTOR;
  if (typeof factor !== "number" || !(factor >= 1 && factor < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(
      `${where}: retryBackoffFactor must be a number from 1; got ${describe(factor)}.`,
    );
  }
  if (options.retryIf !== undefined && typeof options.retryIf !== "function") {
    throw new InvalidArgumentError(`${where}: retryIf must be a function; got ${describe(options.retryIf)}.`);
  }
  return {
    maxRetries,
    factor,
    baseMs: durationMs(
      options.retryBackoffBase ?? DEFAULT_RETRY_BACKOFF_BASE_MS,
      `${where}: retryBackoffBase`,
    ),
    maxMs: durationMs(options.retryBackoffMax ?? DEFAULT_RETRY_BACKOFF_MAX_MS, `${where}: retryBackoffMax`),
    jitter: jitterShare(options.retryJitter ?? "none", where),
    retryIf: options.retryIf,
  };
}

function jitterShare(jitter: NonNullable<RetryOptions["retryJitter"]>, where: string): number {
  if (jitter === "none") return 0;
  if (jitter === "full") return 1;
  if (jitter === "equal") return 0.5;
  if (typeof jitter === "number" && jitter >= 0 && jitter <= 1) return jitter;
  throw new InvalidArgumentError(
    `${where}: retryJitter must be "none", "full", "equal" or a number from 0 to 1; got ${describe(jitter)}.`,
  );
}

/** Milliseconds to wait after failed attempt `attempt` (from 1); `draw` is a random number in [0, 1). */
export function backoffMs(policy: RetryPolicy, attempt: number, draw: number): number {
  const wait = Math.min(policy.maxMs, policy.baseMs * policy.factor ** (attempt - 1));
  return Math.ceil(wait - wait * policy.jitter * draw);
}
