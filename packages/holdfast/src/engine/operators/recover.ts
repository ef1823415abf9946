import type { Entry } from "../../history/entry.ts";
import type { Journal } from "../../history/journal.ts";
import { KeySpace, parseKey } from "../../history/key.ts";
import type { Place } from "../../history/place.ts";
import { decodeKeys, decodeRunFailure, type RunFailure } from "../../history/run-failure.ts";
import { RunStateError } from "../../model/errors/run-errors.ts";
import { resetBlock } from "../pass/reopen.ts";
import { forgetRollbackFailure } from "../pass/run-failing.ts";
import { isFailure } from "../replay/origins.ts";
import type { Operator } from "./operator.ts";
import { resetHandlers } from "./reset-handlers.ts";

/** @throws RunStateError when the run did not fail, or has been rolled back. */
export function assertRecoverable(journal: Journal): void {
  const { workflowId, header } = journal;
  const { status, rollback } = header;
  if (status !== "failed") throw new RunStateError(workflowId, status, "only a failed run can be recovered.");
  if (rollback === "none" || (failureOf(journal)?.rollbackFailure ?? null) !== null) return;
  const problem = "it was rolled back, so there is nothing to go on with. Start a new run, or fork it.";
  throw new RunStateError(workflowId, status, problem);
}

function failureOf(journal: Journal): RunFailure | null {
  const row = journal.single(KeySpace.error);
  return row === null ? null : decodeRunFailure(row);
}

/**
 * Gives a failed run another chance: the failed operations that its error came from are asked for again, with all
 * their attempts; everything that was committed stays. A rollback that could not be finished goes on.
 * @throws RunStateError when the run did not fail, or has been rolled back.
 */
export async function recoverRun(operator: Operator): Promise<void> {
  const { journal } = operator;
  assertRecoverable(journal);
  if (journal.header.rollback !== "none") {
    forgetRollbackFailure(journal);
    resetHandlers(journal);
    await operator.commitOnce({ status: "rolling_back", wakeAt: operator.now });
    return;
  }
  excuseAfter(journal, resetAll(journal, failureOf(journal)?.origins ?? []));
  journal.setSingle(KeySpace.error, null);
  await operator.commitOnce({ status: "sleeping", wakeAt: operator.now });
}

/** Of these keys, as many as there may be: the sequence number of the first failure; infinity when there is none. */
function resetAll(journal: Journal, keys: readonly Uint8Array[]): number {
  let first = Number.POSITIVE_INFINITY;
  for (const key of keys) {
    first = Math.min(first, resetFailed(journal, journal.root.descend(parseKey(key).segments)));
  }
  return first;
}

/**
 * A failed entry, and those that its failure came from, are pending again; what succeeded stays.
 * @returns the sequence number of the first of these failures; infinity when there is none
 */
function resetFailed(journal: Journal, place: Place): number {
  const { entry } = place;
  if (entry === null || !isFailure(entry)) return Number.POSITIVE_INFINITY;
  const origins = entry.kind === "step" || entry.detail === null ? [] : decodeKeys(entry.detail);
  reset(journal, place as Place & { entry: Entry });
  return Math.min(entry.sequence, resetAll(journal, origins));
}

/** What was asked for after the completion with this number need not be asked for again. */
function excuseAfter(journal: Journal, sequence: number): void {
  for (const place of journal.root.entries()) {
    const { entry } = place;
    if (entry.askedAfter >= sequence) journal.write(place, { ...entry, leftover: true });
  }
}

function reset(journal: Journal, place: Place & { entry: Entry }): void {
  const { entry } = place;
  if (entry.kind === "step" || entry.kind === "send" || entry.kind === "message" || entry.kind === "answer") {
    journal.removeEntry(place);
    return;
  }
  resetBlock(journal, place);
}
