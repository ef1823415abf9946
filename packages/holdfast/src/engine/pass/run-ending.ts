import { decodeFailure } from "../../history/failure.ts";
import { KeySpace } from "../../history/key.ts";
import { LimitError } from "../../model/errors/argument-errors.ts";
import { CorruptionError } from "../../model/errors/history-errors.ts";
import { BranchAbandonedError, RunPausedError } from "../../model/errors/run-errors.ts";
import { FencedError, StorageError } from "../../model/errors/storage-errors.ts";
import type { PauseReason } from "../../model/run.ts";
import { validate } from "../../model/schema.ts";
import { holdsArmed, leftUndone, type Outcome } from "../replay/block.ts";
import { originsOf } from "../replay/origins.ts";
import { holdRun } from "./hold.ts";
import type { PassOutcome } from "./outcome.ts";
import type { PassState } from "./pass-state.ts";
import { recordFailure, storedError } from "./run-failing.ts";
import { decideUndoing } from "./undoing.ts";

/**
 * Owns: the ends of a run: completion, failure, hold.
 * Invariants: the last results and the terminal status are one commit (ARCHITECTURE 3); output is stored if and only if the
 * run completed, an error if and only if it failed (I15).
 */

/**
 * The workflow function has settled: completes the run, or fails it. `undo` rolls it back where handlers are armed. Null: the
 * pass is to be left, and its output schema or codec has not answered.
 */
export async function finishRun(
  state: PassState,
  outcome: Outcome,
  undo: () => Promise<PassOutcome>,
): Promise<PassOutcome | null> {
  const { execution, journal, report } = state;
  execution.mailbox.close();
  // Sends and answers that nobody awaited go out with the last commit, and are recorded by it.
  execution.outbox.seal();
  const ended = await checkedInTime(state, outcome);
  if (ended === null) return null;
  if (ended.ok) {
    journal.setSingle(KeySpace.output, ended.output);
    execution.root.end();
    const stillMeant = (): boolean => leftUndone(execution.root) === null;
    if (!(await state.committer.commit({ status: "completed", stillMeant }, execution.outbox))) {
      journal.setSingle(KeySpace.output, null);
      return finishRun(state, outcome, undo);
    }
    report.event({ type: "run-ended", state: "completed" });
    return { state: "completed", output: ended.output };
  }
  const { error } = ended;
  execution.root.close(new BranchAbandonedError("The workflow has failed.", { cause: error }));
  const origins = originsOf(error, execution.origins, journal.root);
  recordFailure(journal, execution.payloads.failure(error), origins);
  if (holdsArmed(journal.root)) {
    decideUndoing(journal);
    await state.committer.commit({ status: "rolling_back", rollback: "failure" }, execution.outbox);
    report.failed(error);
    return undo();
  }
  await state.committer.commit({ status: "failed" }, execution.outbox);
  report.failed(error);
  report.event({ type: "run-ended", state: "failed", error });
  return { state: "failed", error: storedError(journal) };
}

/** How the function ended, with its output as it is stored. */
type Checked =
  | { readonly ok: true; readonly output: Uint8Array }
  | { readonly ok: false; readonly error: unknown };

/** A return with steps still running, or with a value that cannot be stored, is a failure. */
async function checkedOutcome(state: PassState, outcome: Outcome): Promise<Checked> {
  const { execution, workflowId } = state;
  if (!outcome.ok) return outcome;
  const forgotten = leftUndone(execution.root);
  if (forgotten !== null) return { ok: false, error: forgotten };
  const { output } = state.settings.definition;
  try {
    const value =
      output === undefined
        ? outcome.value
        : await validate(output, outcome.value, `The output of "${workflowId}"`);
    return { ok: true, output: await execution.payloads.encodeOrFail(value, "output") };
  } catch (error) {
    if (StorageError.is(error)) throw error;
    return { ok: false, error };
  }
}

/** A codec that fails is no failure of the workflow (P11), and what its steps have come to is kept. */
async function checkedInTime(state: PassState, outcome: Outcome): Promise<Checked | null> {
  try {
    const checked = await state.control.patience.wait(checkedOutcome(state, outcome));
    return checked === null ? null : checked.value;
  } catch (error) {
    await state.committer.commit({ status: "running" }, state.execution.outbox);
    throw error;
  }
}

/** Parks the run until an operator resumes it. */
export async function holdPass(state: PassState, reason: PauseReason, error: unknown): Promise<PassOutcome> {
  const { workflowId, claim, report, settings } = state;
  state.execution.leave(error);
  await holdRun({ workflowId, claim, world: settings.world, report }, reason, error);
  if (reason === "divergence") report.event({ type: "diverged", error });
  state.holdsClaim = false;
  report.held(reason, error);
  report.error({ workflow: { workflowId, error } });
  return { state: "paused", reason, error };
}

/** Why a paused run is paused. */
export function pausedOutcome(state: PassState, reason: PauseReason): PassOutcome {
  const stored = state.journal.single(KeySpace.hold);
  const error = stored === null ? new RunPausedError(state.workflowId, reason) : decodeFailure(stored);
  return { state: "paused", reason, error };
}

/** A pass that cannot go on here: the run is held when its data is at fault, else left to another runner. */
export async function brokenOutcome(state: PassState, error: unknown): Promise<PassOutcome> {
  state.execution.leave(error);
  if (FencedError.is(error)) state.report.event({ type: "fenced", error });
  try {
    if (CorruptionError.is(error)) return await holdPass(state, "corruption", error);
    if (LimitError.is(error)) return await holdPass(state, "limit", error);
  } catch (second) {
    return { state: "lost", error: second };
  }
  return { state: "lost", error };
}
