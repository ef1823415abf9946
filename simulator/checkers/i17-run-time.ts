import { decodeFailure } from "#holdfast/history/failure.ts";
import { decodeForkedAt } from "#holdfast/history/forked-at.ts";
import type { RunHeader } from "#holdfast/history/header.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { decodeRunFailure } from "#holdfast/history/run-failure.ts";
import { LimitError } from "#holdfast/model/errors/argument-errors.ts";
import type { RunState } from "#holdfast/model/run.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { limitsOf } from "../evidence/limits.ts";
import { type Commit, type Life, livesOf } from "../evidence/lives.ts";
import { mustBeClaimedBy } from "../evidence/quiet.ts";
import type { Violation } from "./checker.ts";

/** States in which a run's time passes. */
const AT_WORK: ReadonlySet<RunState> = new Set(["pending", "running", "sleeping"]);
/** How wrong the clock may be by which a host tells that the time is over, beside its drift. */
const ROUNDING_MS = 10;
const DRIFT = 0.02;

/** A run fails when its time is over, and not before. */
export function* runTimeProblems(evidence: Evidence): Iterable<Violation> {
  const { runTimeMs } = limitsOf(evidence);
  for (const life of runTimeMs === Number.POSITIVE_INFINITY ? [] : livesOf(evidence)) {
    for (const commit of life.commits) {
      const { header, at, fact } = commit;
      if (header === null || !isOutOfTime(commit)) continue;
      const earlyMs = begunAt(life, header) + runTimeMs - at - ROUNDING_MS - DRIFT * runTimeMs;
      if (earlyMs > 0)
        yield { problem: `the run's time was over ${earlyMs} ms too early`, run: life.run, fact };
    }
    const last = life.commits.at(-1);
    if (last?.header == null || life.to !== Number.POSITIVE_INFINITY || !isAtWork(evidence, life, last))
      continue;
    const begun = begunAt(life, last.header);
    const by = mustBeClaimedBy(evidence, begun + runTimeMs);
    if (by !== null && by < evidence.endedAt)
      yield {
        problem: `the run is ${last.record.status} ${evidence.endedAt - begun} ms after its creation, of ${runTimeMs}`,
        run: life.run,
        fact: last.fact,
      };
  }
}

/** The time of a fork is reckoned from the fork. */
function begunAt({ singles }: Life, { createdAt }: RunHeader): number {
  const forked = singles.get(KeySpace.forkedAt);
  return forked === undefined ? createdAt : decodeForkedAt(forked);
}

/** Whether the run fails with this commit since its time is over. */
export function isOutOfTime({ singles }: Commit): boolean {
  const row = singles.get(KeySpace.error);
  const error = row == null ? undefined : decodeFailure(decodeRunFailure(row).failure);
  return LimitError.is(error) && error.limit === "runTimeMs";
}

function isAtWork(evidence: Evidence, { run, damagedAt }: Life, { record }: Commit): boolean {
  if (damagedAt !== Number.POSITIVE_INFINITY || !AT_WORK.has(record.status)) return false;
  // Versions of code that do not fit hold it, and a hold is not of its code.
  return evidence.stored.runs.some(({ row }) => row.workflowId === run && AT_WORK.has(row.status));
}
