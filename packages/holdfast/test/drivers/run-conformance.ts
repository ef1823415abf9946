import { describe, test } from "vitest";
import type { ConformanceCase } from "../../src/testing/conformance/conformance-case.ts";

/** A few cases write 100,000 rows; on a slow disk that takes its time. */
const LONGEST_MS = 60_000;

/** What no storage in memory can be asked for. */
export const ALONE_IN_MEMORY: Readonly<Record<string, string>> = {
  "second-sees": "memory has no second connection",
  "second-fences": "memory has no second connection",
  "fault-each-write": "writes in memory do not fail",
  "fault-message": "writes in memory do not fail",
  "fault-frees": "writes in memory do not fail",
  "fault-answer-lost": "writes in memory do not fail",
};

const woken = "no platform wakes a run of this storage: whoever opens it does";

/** What only drivers of a platform with alarms can be asked for. */
export const NO_ALARM: Readonly<Record<string, string>> = { "bare-alarm": woken, "bare-alarm-end": woken };

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
      if (reason === undefined) test(`${id}: ${title}`, { timeout: LONGEST_MS }, () => run(context));
      else test.skip(`${id}: ${title} (deviation: ${reason})`, () => {});
    }
  });
}
