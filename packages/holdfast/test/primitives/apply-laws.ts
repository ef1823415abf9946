import { afterAll, beforeAll, describe, it } from "vitest";
import { refuses } from "../../src/testing/laws/argument-laws.ts";
import type { LawCode } from "../../src/testing/laws/law-bench.ts";
import type { PrimitiveSample } from "../../src/testing/laws/primitive-sample.ts";
import { primitiveLaws } from "../../src/testing/primitive-laws.ts";
import type { ScriptedMessage } from "../../src/testing/simulated-run.ts";

/** Has a primitive keep the laws that all keep. */
export function applyLaws(sample: PrimitiveSample): void {
  describe(`laws of ${sample.what ?? sample.kind}`, () => {
    // Most of the time of a run that fails would go into the stacks of its errors.
    const { stackTraceLimit } = Error;
    beforeAll(() => {
      Error.stackTraceLimit = 2;
    });
    afterAll(() => {
      Error.stackTraceLimit = stackTraceLimit;
    });
    it.each(primitiveLaws(sample))("$name", { timeout: 30_000 }, ({ run }) => run());
  });
}

/** A call that must be refused: what is wrong, the call, and what the error must say. */
export type BadCall = readonly [what: string, call: LawCode, says: readonly string[], code?: string];

/** Has calls with bad arguments refused, each with a typed error, and nothing written. */
export function refuseBadCalls(
  of: string,
  calls: readonly BadCall[],
  messages: readonly ScriptedMessage[] = [],
): void {
  describe(`bad arguments of ${of}`, () => {
    const cases = calls.map(([what, call, says, code = "INVALID_ARGUMENT"]) => ({ what, call, says, code }));
    it.each(cases)("$what is refused, and nothing is written", ({ call, says, code }) =>
      refuses(call, { code, says, messages }),
    );
  });
}

/** Values of a wrong type as calls with them, each with what the error must say of it. */
export function wrongTypes(
  option: string,
  values: readonly (readonly [value: unknown, told: string])[],
  call: (value: never) => LawCode,
): BadCall[] {
  return values.map(([value, told]) => [
    `${option} ${told}`,
    call(value as never),
    [option.split(" ").at(-1) ?? "", told],
  ]);
}
