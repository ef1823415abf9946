import type { ConformanceCase } from "holdfast/testing";
import type { CaseReport } from "../smoke/run-case.ts";

/** Runs one case of a conformance suite; one that is excused, with its reason, is skipped. */
export async function runSuiteCase<Context>(
  one: ConformanceCase<Context>,
  context: Context,
  at: { readonly stage: string; readonly excused: Readonly<Record<string, string>> },
): Promise<CaseReport> {
  const report = { name: `${one.id}: ${one.title}`, stage: at.stage };
  const skipped = at.excused[one.id];
  if (skipped !== undefined) return { ...report, ms: 0, skipped };
  const begun = Date.now();
  try {
    await one.run(context);
    return { ...report, ms: Date.now() - begun };
  } catch (error) {
    return {
      ...report,
      ms: Date.now() - begun,
      problem: String(error instanceof Error ? error.stack : error),
    };
  }
}
