import { decodeFailure, type Entry } from "holdfast/embedding";
import { errorLabel } from "../errors/error-info.ts";
import { lastErrorOf } from "../errors/step-failure.ts";
import { hostedError } from "../errors/translate.ts";
import type { EntryStatus, WorkflowEntryMetadataSnapshot } from "../model/history.ts";

/** What RivetKit keeps beside an entry. */
export function metadataOf(entry: Entry): WorkflowEntryMetadataSnapshot {
  const metadata: WorkflowEntryMetadataSnapshot = {
    status: statusOf(entry),
    attempts: entry.kind === "step" ? entry.count : 0,
    lastAttemptAt: entry.kind === "step" ? entry.settledAt || entry.createdAt : 0,
    createdAt: entry.createdAt,
  };
  const error = labelOf(entry);
  if (error !== null) metadata.error = error;
  if (entry.status === "completed") metadata.completedAt = entry.settledAt;
  const { compensation } = entry;
  if (compensation?.done === true) metadata.rollbackCompletedAt = entry.settledAt;
  if (compensation?.failure != null) {
    const failure = decodeFailure(compensation.failure);
    metadata.rollbackError = failure instanceof Error ? failure.message : String(failure);
  }
  return metadata;
}

function statusOf(entry: Entry): EntryStatus {
  if (entry.kind === "loop" && entry.status === "pending") return "running";
  if (entry.kind !== "step") return entry.status;
  if (entry.status === "failed") return "exhausted";
  return entry.status === "pending" && entry.count > 0 ? "failed" : entry.status;
}

function labelOf(entry: Entry): string | null {
  if (entry.kind !== "step") return null;
  if (entry.status === "failed" && entry.result !== null)
    return errorLabel(lastErrorOf(decodeFailure(entry.result)));
  if (entry.status === "pending" && entry.extra !== null)
    return errorLabel(hostedError(decodeFailure(entry.extra)));
  return null;
}
