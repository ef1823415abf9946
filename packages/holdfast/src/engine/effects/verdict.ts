import { type Duration, durationMs, instantMs } from "../../model/duration.ts";
import {
  ContextMisuseError,
  InvalidArgumentError,
  LimitError,
  UnserializableValueError,
  ValidationError,
} from "../../model/errors/argument-errors.ts";
import { CriticalError, RollbackError, StepTimeoutError } from "../../model/errors/step-errors.ts";
import { isPromise } from "../../model/is-promise.ts";
import type { RetryPolicy } from "../../model/retry-policy.ts";

/** What a failed attempt leads to. */
export type Verdict = "retry" | "exhausted" | "final";

/** What of a step's or handler's options decides about failures. */
export interface RetryRules {
  readonly policy: RetryPolicy;
  readonly retryOnTimeout: boolean;
}

/** Errors that another attempt would meet again. */
const HOPELESS = [
  CriticalError,
  RollbackError,
  ContextMisuseError,
  InvalidArgumentError,
  UnserializableValueError,
  LimitError,
  ValidationError,
];

/** What failed attempt `attempt` (from 1) leads to (ARCHITECTURE 4). */
export function verdictOn(error: unknown, attempt: number, rules: RetryRules): Verdict {
  if (HOPELESS.some((hopeless) => hopeless.is(error))) return "final";
  if (StepTimeoutError.is(error) && !rules.retryOnTimeout) return "final";
  if (!wantsRetry(error, attempt, rules.policy)) return "final";
  return attempt > rules.policy.maxRetries ? "exhausted" : "retry";
}

function wantsRetry(error: unknown, attempt: number, policy: RetryPolicy): boolean {
  if (policy.retryIf === undefined) return true;
  try {
    const wanted: unknown = policy.retryIf(error, attempt);
    // A promise would be a yes to everything; it is not waited for, and must not end the process either.
    if (isPromise(wanted)) Promise.resolve(wanted).catch(() => {});
    return typeof wanted !== "object" && Boolean(wanted);
  } catch {
    // A policy that cannot judge the error does not ask for another attempt.
    return false;
  }
}

/** Milliseconds after which the error itself asks to be retried, or undefined. */
export function retryDelay(error: unknown, now: number): number | undefined {
  try {
    const wanted = (error as { retryAfter?: unknown } | null | undefined)?.retryAfter;
    if (wanted === undefined || wanted === null) return undefined;
    if (wanted instanceof Date) return Math.max(0, instantMs(wanted, "retryAfter") - now);
    return durationMs(wanted as Duration, "retryAfter");
  } catch {
    return undefined;
  }
}
