import { describe } from "./describe.ts";
import { InvalidArgumentError, LimitError } from "./errors/argument-errors.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";

/** Bytes of a string in UTF-8, counted without encoding it (a lone surrogate counts three, as it is stored). */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // The two halves of a pair are four bytes together.
    if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i += 1;
  }
  return bytes;
}

function checkText(
  value: unknown,
  what: string,
  limit: { name: string; bytes: number },
): asserts value is string {
  if (typeof value !== "string" || value === "") {
    throw new InvalidArgumentError(`${what} must be a string that is not empty; got ${describe(value)}.`);
  }
  // Cheap first: a string of n units has at most 3n bytes.
  if (value.length * 3 <= limit.bytes) return;
  const actual = utf8Length(value);
  if (actual > limit.bytes) {
    throw new LimitError({
      limit: limit.name,
      maximum: limit.bytes,
      actual,
      where: `${what} ${describe(value)}`,
      remedy: "Use a shorter one, and keep data in inputs and results.",
    });
  }
}

/**
 * @throws InvalidArgumentError when it is not a string or empty, LimitError when it is too long.
 */
export function checkName(
  value: unknown,
  what: string,
  limits: Limits = DEFAULT_LIMITS,
): asserts value is string {
  checkText(value, what, { name: "nameBytes", bytes: limits.nameBytes });
}

/**
 * @throws InvalidArgumentError when it is not a string or empty, LimitError when it is too long.
 */
export function checkWorkflowId(value: unknown, limits: Limits = DEFAULT_LIMITS): asserts value is string {
  checkText(value, "The workflow id", { name: "workflowIdBytes", bytes: limits.workflowIdBytes });
}

/**
 * @throws InvalidArgumentError when options are given and are no object.
 */
export function checkOptions(value: unknown, what: string): void {
  if (value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value))) return;
  throw new InvalidArgumentError(`${what} must be an object; got ${describe(value)}.`);
}

/**
 * @throws InvalidArgumentError when options are not given or are no object.
 */
export function checkGiven(value: unknown, what: string): void {
  checkOptions(value ?? null, what);
}

/**
 * For options whose misspelling would do harm, not just nothing.
 * @throws InvalidArgumentError when options are no object, or have a name that is none of `known`.
 */
export function checkKnownOptions(value: object | undefined, what: string, known: readonly string[]): void {
  checkOptions(value, what);
  for (const name of Object.keys(value ?? {})) {
    if (known.includes(name)) continue;
    throw new InvalidArgumentError(
      `${what} have no "${name}"; they have ${known.map((k) => `"${k}"`).join(", ")}.`,
    );
  }
}

/** A whole number in a range. */
export interface IntegerRange {
  readonly from: number;
  readonly to: number;
}

/**
 * @throws InvalidArgumentError when it is not a whole number in the range.
 */
export function checkInteger(value: unknown, what: string, range: IntegerRange): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= range.from && (value as number) <= range.to) return;
  throw new InvalidArgumentError(
    `${what} must be a whole number from ${range.from} to ${range.to}; got ${describe(value)}.`,
  );
}

/**
 * @throws InvalidArgumentError when it is not a function.
 */
export function checkFunction(value: unknown, what: string): void {
  if (typeof value === "function") return;
  throw new InvalidArgumentError(`${what} must be a function; got ${describe(value)}.`);
}

/**
 * The limits in force: the defaults with the given ones over them.
 * @throws InvalidArgumentError when a limit is unknown or not a number from 0 up.
 */
export function checkLimits(given: Partial<Limits> | undefined): Limits {
  if (given === undefined) return DEFAULT_LIMITS;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      throw new InvalidArgumentError(
        `limits.${name} is not a limit; there are ${Object.keys(DEFAULT_LIMITS).join(", ")}.`,
      );
    }
    if (value !== undefined && !(typeof value === "number" && value >= 0)) {
      throw new InvalidArgumentError(`limits.${name} must be a number from 0; got ${describe(value)}.`);
    }
  }
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...DEFAULT_LIMITS, ...set };
}
