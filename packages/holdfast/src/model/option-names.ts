import { describe } from "./describe.ts";
import { InvalidArgumentError } from "./errors/argument-errors.ts";
import { messageOf } from "./errors/describe-error.ts";
import { nearNames } from "./near-names.ts";

/**
 * Owns: which names options may have. A misspelt one would otherwise do nothing, and nobody would know.
 */

/** The names of one kind of options. */
export type OptionNames = ReadonlySet<string>;

/** The names that `Options` have: the compiler sees to it that none is missing. */
export function optionNames<Options extends object>(
  names: Readonly<Record<keyof Options, true>>,
): OptionNames {
  return new Set(Object.keys(names));
}

/**
 * Options are absent, or an object with known names. An unknown name that is undefined is as good as absent. Instances of
 * classes may have members of their own.
 * @throws InvalidArgumentError
 */
export function checkOptions(value: unknown, what: string | (() => string), known: OptionNames): void {
  if (value !== undefined) checkGiven(value, what, known);
}

/**
 * As `checkOptions`, for options that must not be absent.
 * @throws InvalidArgumentError
 */
export function checkGiven(
  value: unknown,
  what: string | (() => string),
  known: OptionNames,
): asserts value is object {
  try {
    checkNames(value, what, known);
    // A getter that throws is found here.
    for (const name of known) Reflect.get(value, name);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error;
    throw new InvalidArgumentError(`${textOf(what)} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/**
 * As `checkGiven`, where what throws when it is looked at is the caller's to catch: for options that are looked at often.
 * @throws InvalidArgumentError
 */
export function checkNames(
  value: unknown,
  what: string | (() => string),
  known: OptionNames,
): asserts value is object {
  if (typeof value !== "object" || value === null) throw notOptions(value, textOf(what), known);
  if (!isPlain(value)) {
    if (isInstance(value)) return;
    throw notOptions(value, textOf(what), known);
  }
  for (const name in value) {
    if (known.has(name) || !Object.hasOwn(value, name) || Reflect.get(value, name) === undefined) continue;
    throw unknownName(name, textOf(what), known);
  }
}

/** A promise, a map or a list has none of the names, and would pass for options that are all left out. */
function isInstance(value: object): boolean {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/** Whether it is no instance of a class. */
export function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isForeignObject(prototype);
}

/** The prototype of plain objects of another realm. */
function isForeignObject(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null;
}

function notOptions(value: unknown, what: string, known: OptionNames): InvalidArgumentError {
  return new InvalidArgumentError(
    `${what} must be an object with ${known.size === 1 ? "" : "some of "}${listed(known)}; got ${describe(value)}.`,
  );
}

function unknownName(name: string, what: string, known: OptionNames): InvalidArgumentError {
  const near = nearNames(name, known).map((one) => JSON.stringify(one));
  const meant = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
  return new InvalidArgumentError(
    `${what}: there is no ${JSON.stringify(name)}.${meant} There ${known.size === 1 ? "is" : "are"} ${listed(known)}.`,
  );
}

function listed(names: OptionNames): string {
  return Array.from(names, (one) => JSON.stringify(one)).join(", ");
}

function textOf(what: string | (() => string)): string {
  return typeof what === "string" ? what : what();
}
