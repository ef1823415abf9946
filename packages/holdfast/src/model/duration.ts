import ms from "ms";
import { describe } from "./describe.ts";
import { InvalidArgumentError } from "./errors/argument-errors.ts";
import { MAX_DURATION_MS } from "./limits.ts";

/** A number of milliseconds, or a string such as `"250ms"`, `"5m"`, `"3d"`. Finite, 0 to 10^13 ms. */
export type Duration = number | string;

/** Milliseconds since the epoch, a `Date`, or anything with `epochMilliseconds`, such as a `Temporal.Instant`. */
export type Instant = number | Date | { readonly epochMilliseconds: number };

/** The latest instant that a `Date` can hold. */
const MAX_INSTANT_MS = 8.64e15;

/**
 * A duration in milliseconds.
 * @throws InvalidArgumentError when it is not a finite duration between 0 and 10^13 ms.
 */
export function durationMs(duration: Duration, what: string): number {
  const parsed = typeof duration === "string" ? parse(duration) : duration;
  if (typeof parsed !== "number" || !(parsed >= 0 && parsed <= MAX_DURATION_MS)) {
    throw new InvalidArgumentError(
      `${what} must be 0 to 10^13 ms: a number of milliseconds, or a string such as "250ms", "5m", "3d"; got ${describe(duration)}.`,
    );
  }
  return Math.ceil(parsed);
}

function parse(text: string): number | undefined {
  if (text.trim() === "" || text.length > 100) return undefined;
  return ms(text as ms.StringValue);
}

/**
 * An instant in milliseconds since the epoch.
 * @throws InvalidArgumentError when it is not a valid instant.
 */
export function instantMs(instant: Instant, what: string): number {
  const value = epochOf(instant);
  if (typeof value !== "number" || !(Math.abs(value) <= MAX_INSTANT_MS)) {
    throw new InvalidArgumentError(
      `${what} must be milliseconds since the epoch, a valid Date, or a Temporal.Instant; got ${describe(instant)}.`,
    );
  }
  return Math.ceil(value);
}

/** An object that cannot be asked is no instant. */
function epochOf(instant: Instant): unknown {
  if (typeof instant !== "object" || instant === null) return instant;
  try {
    return instant instanceof Date ? Date.prototype.getTime.call(instant) : instant.epochMilliseconds;
  } catch {
    return undefined;
  }
}
