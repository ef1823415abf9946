import type { Violation } from "../oracle/violation.ts";
import type { Outcome } from "../round/play.ts";
import { type Counts, NO_COUNTS, sumCounts } from "./counts.ts";

/** Something that was violated, and what is needed to see it again. */
interface Finding extends Violation {
  readonly seed: number;
  /** Store, ledger and plan, which are kept. */
  readonly directory: string;
}

/** What came of a scenario. */
export interface ScenarioReport {
  readonly id: string;
  readonly title: string;
  /** Why it was not played; null when it was. */
  readonly skipped: string | null;
  /** Of the first round. */
  readonly seed: number;
  /** What was played; several when it was played in pieces. */
  readonly commits: readonly string[];
  readonly seconds: number;
  readonly counts: Counts;
  readonly violations: readonly Finding[];
  readonly notes: readonly string[];
}

/** A report of nothing yet. */
export function emptyReport(of: Pick<ScenarioReport, "id" | "title" | "seed" | "commits">): ScenarioReport {
  return { ...of, skipped: null, seconds: 0, counts: NO_COUNTS, violations: [], notes: [] };
}

/** A report with one more round in it. */
export function withOutcome(report: ScenarioReport, seed: number, outcome: Outcome): ScenarioReport {
  const { directory } = outcome;
  return {
    ...report,
    counts: sumCounts([report.counts, outcome.counts]),
    violations: [...report.violations, ...outcome.violations.map((one) => ({ ...one, seed, directory }))],
    notes: [...report.notes, ...outcome.notes],
  };
}

/** Two reports of one scenario as one. */
export function joinReports(a: ScenarioReport, b: ScenarioReport): ScenarioReport {
  return {
    ...a,
    commits: [...new Set([...a.commits, ...b.commits])],
    skipped: a.skipped === null || b.skipped === null ? null : b.skipped,
    seconds: a.seconds + b.seconds,
    counts: sumCounts([a.counts, b.counts]),
    violations: [...a.violations, ...b.violations],
    notes: [...a.notes, ...b.notes],
  };
}
