import { CriticalError, RetryAfterError, RollbackError } from "#holdfast/model/errors/step-errors.ts";
import type { ThrowName } from "./program.ts";

type Maker = () => unknown;

/** What lets a step be tried again. */
const RETRIED: ReadonlyMap<ThrowName, Maker> = new Map<ThrowName, Maker>([
  ["error", () => new Error("a plain error")],
  ["type-error", () => new TypeError("a type error")],
  ["coded", () => Object.assign(new Error("with a code"), { code: "E_CODED", status: 503 })],
  ["caused", () => new Error("outer", { cause: new TypeError("middle", { cause: "inner" }) })],
  ["aggregate", () => new AggregateError([new Error("one"), "two", undefined], "several")],
  ["text", () => "not an error"],
  ["undefined", () => undefined],
  ["null", () => null],
  ["number", () => -0],
  ["object", () => ({ code: "E_OBJECT", nested: { n: 1 } })],
  ["frozen", () => Object.freeze(new Error("frozen"))],
  ["throwing-getter", () => withTrap(new Error("with a getter that throws"))],
  ["proxy", () => new Proxy(new Error("behind a proxy"), { get: trap, getPrototypeOf: trap, ownKeys: trap })],
  ["cyclic", () => withItself(new Error("its own cause"))],
  ["function", () => () => "thrown function"],
  ["long-message", () => new Error("long ".repeat(5_000))],
  ["nameless", () => Object.assign(new Error("has no name"), { name: undefined })],
  ["retry-after", () => new RetryAfterError(40)],
  ["retry-after-long", () => new RetryAfterError("3s", "retry in three seconds")],
  ["retry-after-field", () => Object.assign(new Error("asks for a delay"), { retryAfter: 25 })],
  ["retry-after-wrong", () => Object.assign(new Error("asks for nonsense"), { retryAfter: -1 })],
]);

/** What ends a step at once. */
const FINAL: ReadonlyMap<ThrowName, Maker> = new Map<ThrowName, Maker>([
  ["critical", () => new CriticalError("no use in trying again")],
  ["critical-caused", () => new CriticalError("no use", { cause: new Error("why") })],
  ["rollback", () => new RollbackError("undo everything")],
]);

export const RETRIED_THROWS: readonly ThrowName[] = [...RETRIED.keys()];
export const FINAL_THROWS: readonly ThrowName[] = [...FINAL.keys()];

/** What has this name, made anew: something to throw. */
export function namedThrow(name: ThrowName): unknown {
  const make = RETRIED.get(name) ?? FINAL.get(name);
  if (make === undefined) throw new RangeError(`There is nothing to throw named "${name}".`);
  return make();
}

function trap(): never {
  throw new Error("nobody may look at this");
}

function withTrap(error: Error): Error {
  return Object.defineProperties(error, {
    code: { get: trap, enumerable: true },
    retryAfter: { get: trap, enumerable: true },
  });
}

function withItself(error: Error): Error {
  error.cause = error;
  return error;
}
