import { describe, it } from "vitest";
import { primitiveLaws } from "../../src/testing/primitive-laws.ts";
import type { PrimitiveSample } from "../../src/testing/primitive-sample.ts";

/** Has a primitive keep the laws that all keep. */
export function applyLaws(sample: PrimitiveSample): void {
  describe(`laws of ${sample.kind}`, () => {
    it.each(primitiveLaws(sample))("$name", { timeout: 30_000 }, ({ run }) => run());
  });
}
