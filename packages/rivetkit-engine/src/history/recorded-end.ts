import type { RunState } from "holdfast";
import type { Storage, WorkflowError } from "../model/history.ts";

export type RollbackCause = "none" | "failure";

/** How a recorded run stands. */
export interface RecordedEnd {
  readonly intent: { readonly status: RunState; readonly wakeAt?: number };
  readonly rollback: RollbackCause;
  readonly output: { readonly value: unknown } | undefined;
  readonly error: Error | null;
}

/** A run that has not ended is due at once: the next replay says what it waits for. */
export function endOf(storage: Storage, now: number): RecordedEnd {
  const { state, output, error } = storage;
  const wasUndone = [...storage.entryMetadata.values()].some(
    ({ rollbackCompletedAt }) => rollbackCompletedAt !== undefined,
  );
  const rolled = state === "rolling_back" || (state === "failed" && wasUndone);
  const failed = state === "failed" || state === "rolling_back";
  const ended = state === "completed" || state === "failed" || state === "cancelled";
  const status: RunState = ended || state === "rolling_back" ? state : "sleeping";
  return {
    intent: ended ? { status } : { status, wakeAt: now },
    rollback: rolled ? "failure" : "none",
    output: state === "completed" ? { value: output } : undefined,
    error: failed ? errorOf(error) : null,
  };
}

/** The error that was stored as data. */
function errorOf(stored: WorkflowError | undefined): Error {
  const error = new Error(stored?.message ?? "The workflow has failed.");
  if (stored === undefined) return error;
  error.name = stored.name;
  if (stored.stack !== undefined) error.stack = stored.stack;
  return Object.assign(error, stored.metadata);
}
