import { isTerminal, type RunState } from "../model/run.ts";
import type { RunRow } from "./run-row.ts";

/** Whether a commit with this status leaves the claim with its holder. */
export function keepsClaim(status: RunState, wakeAt: number | null): boolean {
  if (status === "rolling_back") return wakeAt === null;
  return status === "running" || status === "pending";
}

/** Whether somebody's lease on the run has not ended. */
export function isLeased(run: Pick<RunRow, "lease">, now: number): boolean {
  return run.lease !== null && run.lease.until > now;
}

/**
 * Whether the run waits for its time, a message or a request. Besides `sleeping` that is a delayed start and a
 * rollback that backs off. A `running` run never sleeps, whatever its `wakeAt`: without a holder it is to be recovered.
 */
function isAsleep(run: Pick<RunRow, "status" | "wakeAt">): boolean {
  if (run.status === "sleeping") return true;
  return run.wakeAt !== null && (run.status === "pending" || run.status === "rolling_back");
}

/**
 * When the run is due; null: never by itself. `wantedQueued` tells whether a message is queued that the run waits
 * for, and is asked only when it matters.
 */
export function dueAt(run: RunRow, now: number, wantedQueued: () => boolean): number | null {
  const ready = readyAt(run, now, wantedQueued);
  if (ready === null || run.lease === null) return ready;
  return Math.max(ready, run.lease.until);
}

function readyAt(run: RunRow, now: number, wantedQueued: () => boolean): number | null {
  if (run.workflowName === "" || run.status === "paused" || isTerminal(run.status)) return null;
  if (!isAsleep(run)) return run.updatedAt;
  if (run.wakeAt !== null && run.wakeAt <= now) return run.wakeAt;
  if (run.wokenIn !== null || (run.wants !== null && wantedQueued())) return now;
  return run.wakeAt;
}
