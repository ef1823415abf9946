import { describe } from "./describe.ts";
import { InvalidArgumentError, LimitError } from "./errors/argument-errors.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { checkGiven } from "./option-names.ts";

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
 * @throws InvalidArgumentError when it is neither true nor false.
 */
export function checkBoolean(value: unknown, what: string): asserts value is boolean {
  if (typeof value === "boolean") return;
  throw new InvalidArgumentError(`${what} must be true or false; got ${describe(value)}.`);
}

/**
 * @throws InvalidArgumentError when it is none of the words.
 */
export function checkWord<Word extends string>(
  value: unknown,
  what: string,
  words: readonly Word[],
): asserts value is Word {
  if (words.includes(value as Word)) return;
  const known = words.map((word) => JSON.stringify(word)).join(words.length === 2 ? " or " : ", ");
  throw new InvalidArgumentError(
    `${what} must be ${words.length > 2 ? "one of " : ""}${known}; got ${describe(value)}.`,
  );
}

/**
 * @throws InvalidArgumentError when it is no array of these words.
 */
export function checkWords<Word extends string>(value: unknown, what: string, words: readonly Word[]): void {
  if (isArray(value) && value.every((one) => words.includes(one as Word))) return;
  const known = words.map((word) => JSON.stringify(word)).join(", ");
  throw new InvalidArgumentError(`${what} must be an array of ${known}; got ${describe(value)}.`);
}

/**
 * @throws InvalidArgumentError when it is no object that has all these methods; says which it lacks.
 */
export function checkMethods(value: unknown, what: string, methods: readonly string[]): void {
  const given = (typeof value === "object" && value !== null) || typeof value === "function";
  const missing = given ? methods.filter((name) => !hasMethod(value, name)) : methods;
  if (missing.length === 0) return;
  const all = methods.map((name) => `${name}()`).join(", ");
  const lacks = given ? ` without ${missing.map((name) => `${name}()`).join(", ")}` : "";
  throw new InvalidArgumentError(`${what} must be an object with ${all}; got ${describe(value)}${lacks}.`);
}

function hasMethod(value: object, name: string): boolean {
  try {
    return typeof Reflect.get(value, name) === "function";
  } catch {
    return false;
  }
}

/** Whether it is an array, and one that can be looked at: a revoked proxy cannot. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value) && typeof value.length === "number";
  } catch {
    return false;
  }
}

/**
 * The limits in force: the defaults with the given ones over them.
 * @throws InvalidArgumentError when a limit is unknown, or neither a whole number from 0 nor Infinity.
 */
export function checkLimits(given: Partial<Limits> | undefined): Limits {
  return given === undefined ? DEFAULT_LIMITS : checkNumbers(given, "limits", DEFAULT_LIMITS);
}

/**
 * Numbers by name: the defaults with the given ones over them.
 * @throws InvalidArgumentError when a name is unknown, or a number is neither whole and from 0 nor Infinity.
 */
export function checkNumbers<Numbers extends object>(
  given: Partial<Numbers>,
  what: string,
  defaults: Numbers,
): Numbers {
  checkGiven(given, what, new Set(Object.keys(defaults)));
  const numbers = { ...defaults };
  for (const name of Object.keys(defaults)) {
    const value: unknown = Reflect.get(given, name);
    if (value === undefined) continue;
    if (value !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
      throw new InvalidArgumentError(
        `${what}.${name} must be a whole number from 0, or Infinity; got ${describe(value)}.`,
      );
    }
    Reflect.set(numbers, name, value);
  }
  return numbers;
}
