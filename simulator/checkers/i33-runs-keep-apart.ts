import { hex } from "#holdfast/history/key.ts";
import { openRow } from "#holdfast/history/row.ts";
import { runTagOf } from "#holdfast/history/run-tag.ts";
import { CorruptionError } from "#holdfast/model/errors/history-errors.ts";
import { callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { livesOf, livesOfRun } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";

export const runsKeepApart = checkerOf(
  "I33",
  "rows never cross runs; a run that is deleted is gone with all of its rows, and no other is",
  function* (evidence) {
    const living = new Map(
      livesOf(evidence)
        .filter(({ to }) => to === Number.POSITIVE_INFINITY)
        .map((life) => [life.run, life]),
    );
    for (const life of livesOf(evidence)) {
      for (const { problems, fact } of life.commits) {
        if (fact > life.damagedAt) break;
        for (const problem of problems)
          yield { problem: `a batch of the run cannot be read as its own: ${problem}`, run: life.run, fact };
      }
    }
    for (const { row, entries } of evidence.stored.runs) {
      const run = row.workflowId;
      const life = living.get(run);
      if (life === undefined) {
        yield { problem: "the run is stored, though it was deleted or never created", run, fact: null };
        continue;
      }
      if (life.damagedAt !== Number.POSITIVE_INFINITY) continue;
      for (const { key, value } of entries) {
        if (!isOf(run, key, value))
          yield { problem: `row ${hex(key)} is not one of this run`, run, fact: null };
      }
    }
    yield* deletions(evidence);
  },
);

function isOf(run: string, key: Uint8Array, value: Uint8Array): boolean {
  try {
    openRow(runTagOf(run), key, value);
    return true;
  } catch (error) {
    if (CorruptionError.is(error)) return false;
    throw error;
  }
}

/** Who deletes is told whether there was a run. */
function* deletions(evidence: Evidence) {
  for (const { began, ended } of callsOf(evidence)) {
    if (began.what.api !== "delete" || ended?.outcome.ok !== true) continue;
    const lives = livesOfRun(evidence, began.run);
    const alive = lives.some(({ from, to }) => from < began.n && to > ended.n);
    if (!alive) continue;
    yield { problem: "a delete was acknowledged, and the run lives on", run: began.run, fact: ended.n };
  }
}
