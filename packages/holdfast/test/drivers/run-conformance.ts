import { describe, test } from "vitest";
import type { ConformanceCase } from "../../src/testing/conformance/conformance-case.ts";

/** Makes a test of every case. A deviation is a case's id with the reason why the subject does not do it. */
export function runConformance<Context>(
  subject: string,
  suite: {
    cases: readonly ConformanceCase<Context>[];
    context: Context;
    deviations?: Readonly<Record<string, string>>;
  },
): void {
  const { cases, context, deviations = {} } = suite;
  const unknown = Object.keys(deviations).filter((id) => !cases.some((one) => one.id === id));
  if (unknown.length > 0) throw new Error(`No such cases: ${unknown.join(", ")}`);
  describe(subject, () => {
    for (const { id, title, run } of cases) {
      const reason = deviations[id];
      if (reason === undefined) test(`${id}: ${title}`, () => run(context));
      else test.skip(`${id}: ${title} (deviation: ${reason})`, () => {});
    }
  });
}
