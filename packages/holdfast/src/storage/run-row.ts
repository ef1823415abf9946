import type { RunState } from "../model/run.ts";
import type { NewRun } from "./records.ts";
import type { HolderRequest, RunRecord } from "./store.ts";

/** Everything that a store keeps of a run apart from its header, rows and messages: what scheduling is decided on. */
export interface RunRow {
  /** Order of creation; 0 before the row is inserted. */
  readonly key: number;
  readonly workflowId: string;
  /** Empty for the run of a bare driver: no worker claims it. */
  readonly workflowName: string;
  readonly workflowVersion: string | null;
  readonly fingerprint: string;
  /** 0: the run of a bare driver does not exist yet; the row only holds messages that came early. */
  readonly revision: number;
  readonly epoch: number;
  /** The last commit's batch; null after the creation by a store. */
  readonly batchId: string | null;
  readonly status: RunState;
  readonly wakeAt: number | null;
  readonly wants: readonly string[] | null;
  /** When the run becomes due (a lease's end included); null: by itself never. */
  readonly dueAt: number | null;
  /** The epoch in which a wake was requested that no later claim has answered (by a commit or a release); null: none. */
  readonly wokenIn: number | null;
  readonly requested: HolderRequest | null;
  readonly lease: { readonly owner: string; readonly until: number } | null;
  readonly claimsWithoutCommit: number;
  /** Messages in the queue. */
  readonly queued: number;
  /** The sum of the seals of those messages, and of the ids of consumed ones that are remembered. */
  readonly queueSeal: number;
  /** Whether the row does not fit its checksum: then it only shows that, and nothing else of it can be relied on. */
  readonly damaged: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const UNBORN: Omit<RunRow, "workflowId" | "createdAt" | "updatedAt"> = {
  key: 0,
  workflowName: "",
  workflowVersion: null,
  fingerprint: "",
  revision: 0,
  epoch: 0,
  batchId: null,
  status: "pending",
  wakeAt: null,
  wants: null,
  dueAt: null,
  wokenIn: null,
  requested: null,
  lease: null,
  claimsWithoutCommit: 0,
  queued: 0,
  queueSeal: 0,
  damaged: false,
};

/** A bare driver's run before its first commit. */
export function unbornRow(workflowId: string, now: number): RunRow {
  return { ...UNBORN, workflowId, createdAt: now, updatedAt: now };
}

/**
 * A run as a store creates it, before anybody claims it; its due time is still to be reckoned. Its epochs come after those of
 * all runs that were deleted: whoever still holds a run of the same id that is gone holds nothing of this one (P4).
 */
export function newRow(run: NewRun, at: { readonly now: number; readonly retiredEpoch: number }): RunRow {
  const { workflowId, workflowName, workflowVersion, fingerprint, status, wakeAt, createdAt } = run;
  const given = { workflowId, workflowName, workflowVersion, fingerprint, status, wakeAt, createdAt };
  // One that nobody has held: a late holder of the last one would else take the run for its own until it commits.
  const epoch = at.retiredEpoch === 0 ? 0 : at.retiredEpoch + 1;
  return { ...UNBORN, ...given, epoch, revision: 1, updatedAt: at.now };
}

/** What a store tells of a run, whose it is from then on; an expired lease is nobody's. */
export function toRecord(run: RunRow, now: number): RunRecord {
  return {
    workflowId: run.workflowId,
    workflowName: run.workflowName,
    workflowVersion: run.workflowVersion,
    fingerprint: run.fingerprint,
    status: run.status,
    revision: run.revision,
    epoch: run.epoch,
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    wakeAt: run.wakeAt,
    wants: run.wants?.slice() ?? null,
    lease: run.lease !== null && run.lease.until > now ? { ...run.lease } : null,
    requested: run.requested,
  };
}
