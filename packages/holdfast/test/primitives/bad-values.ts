import type { WorkflowContext } from "../../src/model/context.ts";
import type { LawCode } from "../../src/testing/laws/law-bench.ts";

type Bare = (...given: readonly unknown[]) => unknown;

/** Calls an operation with whatever arguments. */
export function bare(operation: (ctx: WorkflowContext) => unknown, ...args: readonly unknown[]): LawCode {
  return async (ctx) => (operation(ctx) as Bare)(...args);
}

/** No durations, each with what an error must say of it. */
export const NOT_DURATION = [
  [-1, "-1 (number)"],
  [Number.NaN, "NaN (number)"],
  [Number.POSITIVE_INFINITY, "Infinity (number)"],
  [1e13 + 1, "10000000000001 (number)"],
  ["", '"" (string)'],
  ["soon", '"soon" (string)'],
  ["-5m", '"-5m" (string)'],
  [null, "null"],
  [true, "true (boolean)"],
  [{}, "an object"],
  [[], "an array of 0"],
  [5n, "5n (bigint)"],
] as const;

/** No functions. */
export const NOT_FUNCTION = [
  [undefined, "undefined"],
  [null, "null"],
  ["run", '"run" (string)'],
  [{}, "an object"],
] as const;

/** Neither true nor false. */
export const NOT_BOOLEAN = [
  [1, "1 (number)"],
  ["yes", '"yes" (string)'],
  [null, "null"],
] as const;

/** No numbers of messages. */
export const NOT_COUNT = [
  [0, "0 (number)"],
  [-1, "-1 (number)"],
  [1.5, "1.5 (number)"],
  [Number.NaN, "NaN (number)"],
  [Number.POSITIVE_INFINITY, "Infinity (number)"],
  ["3", '"3" (string)'],
  [null, "null"],
] as const;
