import { describe } from "./describe.ts";
import { durationMs } from "./duration.ts";
import { InvalidArgumentError } from "./errors/argument-errors.ts";
import {
  DEFAULT_MAX_RETRIES,
  DEFAULT_RETRY_BACKOFF_BASE_MS,
  DEFAULT_RETRY_BACKOFF_FACTOR,
  DEFAULT_RETRY_BACKOFF_MAX_MS,
  type RetryOptions,
} from "./retry-options.ts";

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
  const {
    maxRetries = DEFAULT_MAX_RETRIES,
    retryBackoffBase = DEFAULT_RETRY_BACKOFF_BASE_MS,
    retryBackoffMax = DEFAULT_RETRY_BACKOFF_MAX_MS,
    retryBackoffFactor: factor = DEFAULT_RETRY_BACKOFF_FACTOR,
    retryJitter = "none",
    retryIf,
  } = options;
  if (!(maxRetries === Number.POSITIVE_INFINITY || (Number.isSafeInteger(maxRetries) && maxRetries >= 0))) {
    throw new InvalidArgumentError(
      `${where}: maxRetries must be a whole number from 0, or Infinity; got ${describe(maxRetries)}.`,
    );
  }
  if (typeof factor !== "number" || !(factor >= 1 && factor < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(
      `${where}: retryBackoffFactor must be a number from 1; got ${describe(factor)}.`,
    );
  }
  if (retryIf !== undefined && typeof retryIf !== "function") {
    throw new InvalidArgumentError(`${where}: retryIf must be a function; got ${describe(retryIf)}.`);
  }
  return {
    maxRetries,
    factor,
    baseMs: durationMs(retryBackoffBase, `${where}: retryBackoffBase`),
    maxMs: durationMs(retryBackoffMax, `${where}: retryBackoffMax`),
    jitter: jitterShare(retryJitter, where),
    retryIf,
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
  // The power is infinite after some hundred attempts, and nothing times infinity is no number.
  const wait =
    policy.baseMs === 0 ? 0 : Math.min(policy.maxMs, policy.baseMs * policy.factor ** (attempt - 1));
  return Math.ceil(wait - wait * policy.jitter * draw);
}
