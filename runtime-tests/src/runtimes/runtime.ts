import type { CaseReport } from "../smoke/run-case.ts";

/** What came of the cases on one runtime. */
export interface RuntimeReport {
  readonly version: string;
  readonly reports: readonly CaseReport[];
  /** Cases of this runtime alone: they are no row of the common table. */
  readonly own?: readonly CaseReport[];
}

/** A runtime that the cases are run on. */
export interface Runtime {
  /** As `--only` and the table call it. */
  readonly name: string;
  /** Runs all cases; a string says why that cannot be done here. */
  run(): Promise<RuntimeReport | string>;
}
