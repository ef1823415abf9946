import { deepStrictEqual } from "node:assert";
import type { CaseReport } from "../smoke/run-case.ts";

/** Something that is to be so on workerd. */
export interface Check<Subject> {
  readonly name: string;
  readonly run: (subject: Subject) => Promise<void>;
}

export async function runChecks<Subject>(
  stage: string,
  subject: Subject,
  checks: readonly Check<Subject>[],
): Promise<CaseReport[]> {
  const reports: CaseReport[] = [];
  for (const { name, run } of checks) {
    const begun = Date.now();
    const problem = await run(subject).then(
      () => null,
      (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
    reports.push({ name, stage, ms: Date.now() - begun, ...(problem === null ? {} : { problem }) });
  }
  return reports;
}

export const equal: (got: unknown, expected: unknown) => void = deepStrictEqual;
