import { decodeFailure } from "#holdfast/history/failure.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { decodeRunFailure } from "#holdfast/history/run-failure.ts";
import { LimitError } from "#holdfast/model/errors/argument-errors.ts";
import { HoldfastError } from "#holdfast/model/errors/holdfast-error.ts";
import type { RunState } from "#holdfast/model/run.ts";
import { callsBefore } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type Commit, type Life, livesOf } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";
import { isOutOfTime } from "./i17-run-time.ts";

/** Codes of errors that are never a failure of the workflow. */
const NOT_THE_WORKFLOWS: ReadonlySet<string> = new Set([
  "STORAGE",
  "FENCED",
  "RUN_EVICTED",
  "RUN_PAUSED",
  "BRANCH_ABANDONED",
  "HISTORY_DIVERGED",
  "CORRUPTION",
  "CRASH_LOOP",
]);
const WHILE_UNDONE: ReadonlySet<RunState> = new Set(["rolling_back", "paused", "failed", "cancelled"]);

export const rollbackFromFailure = checkerOf(
  "I30",
  "a rollback comes from a failure of the workflow or a cancel, never from the storage (nor does a hold), and goes on until it has ended",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      let undoing = false;
      for (const commit of life.commits) {
        const at = { run: life.run, fact: commit.fact };
        const { status } = commit.record;
        if (commit.resets) undoing = status === "rolling_back";
        else if (undoing && !WHILE_UNDONE.has(status))
          yield { problem: `the run was rolling back, and a commit made it ${status}`, ...at };
        else if (!undoing && status === "rolling_back") {
          undoing = true;
          for (const problem of causeProblems(evidence, life, commit)) yield { problem, ...at };
        }
        if (status === "failed" || status === "cancelled" || status === "completed") undoing = false;
        if (commit.header?.pause === "limit" && commit.previous?.pause !== "limit" && !isOverLimit(commit))
          yield { problem: "the run is held for a limit, and its error is of no limit", ...at };
        const code = failureCode(commit);
        if (code !== null && NOT_THE_WORKFLOWS.has(code))
          yield { problem: `the run failed with ${code}, which is no failure of its code`, ...at };
      }
    }
  },
);

function* causeProblems(evidence: Evidence, life: Life, commit: Commit): Iterable<string> {
  const { run } = life;
  const cause = commit.header?.rollback;
  if (commit.singles.get(KeySpace.error) == null) yield "a rollback began without an error";
  if (cause === "cancel") {
    const calls = callsBefore(evidence, { run, n: commit.fact, apis: ["cancel"] });
    if (!calls.some(({ began }) => began.what.api === "cancel" && began.what.compensate))
      yield "the run was rolled back for a cancel that nobody had asked for";
    return;
  }
  if (cause !== "failure") yield "a rollback began for no cause";
  const returned = evidence.facts.some(
    (fact) => fact.type === "pass-returned" && fact.run === run && fact.n > life.from && fact.n < commit.fact,
  );
  if (!returned && !isOutOfTime(commit)) yield "a rollback began, though the workflow function had not ended";
}

function isOverLimit({ singles }: Commit): boolean {
  const row = singles.get(KeySpace.hold);
  return row != null && LimitError.is(decodeFailure(row));
}

function failureCode({ singles }: Commit): string | null {
  const row = singles.get(KeySpace.error);
  if (row == null) return null;
  const error = decodeFailure(decodeRunFailure(row).failure);
  return HoldfastError.is(error) ? error.code : null;
}
