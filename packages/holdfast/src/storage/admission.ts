import { QueueFullError, RunFinishedError, WorkflowConflictError } from "../model/errors/run-errors.ts";
import { StorageError } from "../model/errors/storage-errors.ts";
import { isTerminal } from "../model/run.ts";
import { rowDamage } from "./damage.ts";
import type { RunRow } from "./run-row.ts";

/** What two starts of one run have in common. */
export type RunIdentity = Pick<RunRow, "workflowId" | "workflowName" | "fingerprint">;

/** Throws `WorkflowConflictError` unless `asked` describes the run that exists, `CorruptionError` if nobody can tell. */
export function assertSameRun(
  existing: RunIdentity & { readonly damaged?: boolean },
  asked: RunIdentity,
): void {
  if (haveSameInput(existing.fingerprint, asked.fingerprint)) return;
  if (existing.damaged === true) throw rowDamage(asked);
  const same = existing.workflowName === asked.workflowName;
  throw new WorkflowConflictError(asked.workflowId, {
    existing: `workflow "${existing.workflowName}"`,
    asked: same ? "the same workflow with another input" : `workflow "${asked.workflowName}"`,
  });
}

/** Whether the inputs are the same, be it as they were given or as a schema has made them. */
function haveSameInput(one: string, other: string): boolean {
  if (one === other) return true;
  const [stored, given = stored] = one.split("/");
  const [otherStored, otherGiven = otherStored] = other.split("/");
  return stored === otherStored || given === otherGiven;
}

/** Throws `RunFinishedError` or `QueueFullError` when the run takes no further message. */
export function assertTakesMessage(
  run: Pick<RunRow, "workflowId" | "status" | "queued">,
  maximum: number,
): void {
  if (isTerminal(run.status)) throw new RunFinishedError(run.workflowId, run.status);
  if (run.queued >= maximum) throw new QueueFullError(run.workflowId, run.queued, maximum);
}

/** The error of a commit that consumes a message which is not in the queue: its runner's picture of it is stale. */
export function notQueued(workflowId: string, messageId: string): StorageError {
  return new StorageError(
    `Message "${messageId}" is not in the queue of run "${workflowId}": it was consumed before, or never sent. Nothing of the batch was written; load the run again.`,
    { outcome: "not-applied", retryable: false },
  );
}
