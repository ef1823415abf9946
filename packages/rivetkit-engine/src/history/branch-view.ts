import { JoinError, RaceError } from "holdfast";
import { decodeFailure, defaultCodec, type Journal, type Place, SegmentType } from "holdfast/embedding";
import { errorLabel } from "../errors/error-info.ts";
import { hostedError } from "../errors/translate.ts";
import type { BranchStatus } from "../model/history.ts";

/** How the branches of a join or race stand, as far as the history tells. */
export function branchesOf(journal: Journal, place: Place): Record<string, BranchStatus> {
  const branches = new Map<string, BranchStatus>();
  for (const { segment } of place.children) {
    if (segment?.type !== SegmentType.branch) continue;
    branches.set(journal.nameOf(segment.value), { status: "running" });
  }
  for (const [name, status] of settledBranches(place)) branches.set(name, status);
  return Object.fromEntries(branches);
}

function settledBranches(place: Place): [string, BranchStatus][] {
  const { entry } = place;
  if (entry === null || entry.result === null || entry.status === "pending") return [];
  if (entry.status === "failed") return failedBranches(decodeFailure(entry.result));
  const result = defaultCodec.decode(entry.result) as Record<string, unknown>;
  if (entry.kind === "race") return [[String(result.winner), { status: "completed", output: result.value }]];
  return Object.entries(result).map(([name, output]) => [name, { status: "completed", output }]);
}

function failedBranches(error: unknown): [string, BranchStatus][] {
  if (JoinError.is(error)) return Object.entries(error.errors).map(([name, cause]) => [name, failed(cause)]);
  if (RaceError.is(error)) return error.errors.map(({ name, error: cause }) => [name, failed(cause)]);
  return [];
}

function failed(error: unknown): BranchStatus {
  return { status: "failed", error: errorLabel(hostedError(error)) };
}
