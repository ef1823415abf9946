import { currentCommit } from "../report/commit.ts";
import type { Counts } from "../report/counts.ts";
import { emptyReport, type ScenarioReport, withOutcome } from "../report/scenario-report.ts";
import { type Play, play } from "../round/play.ts";
import type { Form, Scenario } from "./scenario.ts";

/** How much of a scenario is played. */
export interface Extent {
  readonly seed: number;
  readonly form: Form;
  /** Of what the scenario counts; the round that reaches it is the last one. */
  readonly amount: number;
  /** No round begins after so many milliseconds. */
  readonly withinMs: number;
  /** Called after each round. */
  readonly progress?: (counts: Counts) => void;
}

/** Plays rounds of a scenario until it has been done often enough, or the time is over. */
export async function playScenario(scenario: Scenario, extent: Extent): Promise<ScenarioReport> {
  const { seed, form, amount, withinMs, progress = () => {} } = extent;
  const { id, title, counted, parallel = 1 } = scenario;
  const skipped = scenario.unavailable?.() ?? null;
  let report = emptyReport({ id, title, seed, commits: [currentCommit()] });
  if (skipped !== null) return { ...report, skipped };
  const started = performance.now();
  const enough = (): boolean => report.counts[counted] >= amount || performance.now() - started > withinMs;
  const plays = scenario.plays({ seed, form })[Symbol.iterator]();

  async function playOn(): Promise<void> {
    for (;;) {
      const next = enough() ? { done: true as const } : plays.next();
      if (next.done) return;
      const round: Play = next.value;
      const outcome = await play(round);
      report = withOutcome(report, round.plan.seed, outcome);
      progress(report.counts);
    }
  }

  try {
    await Promise.all(Array.from({ length: parallel }, playOn));
  } finally {
    plays.return?.();
  }
  return { ...report, seconds: (performance.now() - started) / 1_000 };
}
