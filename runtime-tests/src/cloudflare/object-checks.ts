import type { CaseReport } from "../smoke/run-case.ts";
export async function runObjectChecks(): Promise<CaseReport[]> {
  return [];
}
