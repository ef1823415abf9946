import { isTerminal, type RunState } from "../model/run.ts";
import { dueAt, keepsClaim } from "./due.ts";
import type { CommitBatch } from "./records.ts";
import type { RunRow } from "./run-row.ts";
import { queueSealWith } from "./seals.ts";
import type { HolderRequest } from "./store.ts";

/**
 * What each operation makes of a run's row. Pure: drivers read the row, call one of these, and store what it returns.
 */

/** The instant of an operation by the store's clock, and what it cannot see in the row. */
export interface Circumstances {
  readonly now: number;
  /** Whether a message is queued that the row's `wants` names; asked only when it matters. */
  wantedQueued(): boolean;
}

function withDue(run: RunRow, at: Circumstances): RunRow {
  const due = dueAt(run, at.now, () => at.wantedQueued());
  return due === run.dueAt ? run : { ...run, dueAt: due };
}

/** A run as it is inserted. */
export function afterCreation(run: RunRow, at: Circumstances): RunRow {
  return withDue(run, at);
}

/** A commit: `at.wantedQueued` tells of the queue after the batch's consumption. */
export function afterCommit(run: RunRow, batch: CommitBatch, at: Circumstances): RunRow {
  const { status, wakeAt, wants } = batch;
  const committed: RunRow = {
    ...run,
    revision: run.revision + 1,
    batchId: batch.batchId,
    status,
    wakeAt,
    wants: wants?.slice() ?? null,
    lease: keepsClaim(status, wakeAt) ? run.lease : null,
    wokenIn: openWake(run),
    requested: isMet(run.requested, status) ? null : run.requested,
    claimsWithoutCommit: 0,
    queued: run.queued - batch.consume.length,
    updatedAt: at.now,
  };
  return withDue(committed, at);
}

/** A claim: a new epoch, a lease, and one more start to account for. */
export function afterClaim(
  run: RunRow,
  by: { readonly owner: string; readonly leaseMs: number },
  at: Circumstances,
): RunRow {
  const lease = { owner: by.owner, until: at.now + by.leaseMs };
  const claimed = { ...run, epoch: run.epoch + 1, claimsWithoutCommit: run.claimsWithoutCommit + 1, lease };
  return withDue(claimed, at);
}

/** Whether `owner` still holds the claim of `epoch`: an expired lease is not held, even if nobody took it. */
export function holds(
  run: RunRow,
  by: { readonly owner: string; readonly epoch: number },
  now: number,
): boolean {
  return (
    run.lease !== null && run.lease.until > now && run.lease.owner === by.owner && run.epoch === by.epoch
  );
}

/** A renewal of the lease that `owner` holds. */
export function afterRenewal(
  run: RunRow,
  by: { readonly owner: string; readonly leaseMs: number },
  at: Circumstances,
): RunRow {
  return withDue({ ...run, lease: { owner: by.owner, until: at.now + by.leaseMs } }, at);
}

/**
 * The claim is given back and does not count. The epoch stays, as epochs only grow. The run is behind those that are
 * due already: one that is given back again and again keeps no other waiting.
 */
export function afterRelease(run: RunRow, at: Circumstances): RunRow {
  const claimsWithoutCommit = Math.max(0, run.claimsWithoutCommit - 1);
  const released = withDue({ ...run, lease: null, wokenIn: openWake(run), claimsWithoutCommit }, at);
  return released.dueAt === null ? released : { ...released, dueAt: Math.max(released.dueAt, at.now) };
}

/** The wake that led to the claim is answered by what its holder stored or found; one that came since is still open. */
function openWake(run: RunRow): number | null {
  return run.wokenIn !== null && run.wokenIn < run.epoch ? null : run.wokenIn;
}

/** Whether a run that comes to be in this state needs to be asked no more. */
function isMet(requested: HolderRequest | null, status: RunState): boolean {
  return status === "paused" || isTerminal(status) || (requested === "cancel" && status === "rolling_back");
}

/**
 * A wake was requested, or something of the run's holder. What the run has come to already is not asked for: a paused run
 * would be paused again after `resume`. A cancel outranks a pause; it also wakes the run, should it park without having done it.
 */
export function afterRequest(run: RunRow, what: "wake" | HolderRequest, at: Circumstances): RunRow {
  if (what !== "wake" && isMet(what, run.status)) return run;
  if (what === "pause") return { ...run, requested: run.requested ?? what };
  return withDue({ ...run, wokenIn: run.epoch, requested: what === "cancel" ? what : run.requested }, at);
}

/** One more message of this name is queued, with this seal. */
export function afterMessage(
  run: RunRow,
  { name, seal }: { readonly name: string; readonly seal: number },
  now: number,
): RunRow {
  const received = { ...run, queued: run.queued + 1, queueSeal: queueSealWith(run.queueSeal, seal) };
  if (run.wants === null || !run.wants.includes(name)) return received;
  const due = dueAt(received, now, () => true);
  if (due === null || (run.dueAt !== null && run.dueAt <= due)) return received;
  return { ...received, dueAt: due };
}
