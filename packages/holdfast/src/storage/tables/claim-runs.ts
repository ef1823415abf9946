import { assertSound } from "../damage.ts";
import { isLeased } from "../due.ts";
import type { RunRow } from "../run-row.ts";
import type { Claim, ClaimOutcome, ClaimRequest, RenewOutcome } from "../store.ts";
import { afterClaim, afterRelease, afterRenewal, type Circumstances, holds } from "../transitions.ts";
import type { Ledger, RunLedger } from "./tables.ts";

/** What a run's transition needs to know besides its row. */
export function circumstances(
  ledger: RunLedger,
  run: Pick<RunRow, "key" | "wants">,
  now: number,
): Circumstances {
  return {
    now,
    wantedQueued: () => run.wants !== null && ledger.tables.hasMessage(run.key, run.wants),
  };
}

/** The claim that a claimed row stands for. */
export function claimOf(run: RunRow, leaseMs: number, storeTime: number): Claim {
  const { workflowId, workflowName, epoch, revision, claimsWithoutCommit, requested } = run;
  return { workflowId, workflowName, epoch, revision, claimsWithoutCommit, leaseMs, storeTime, requested };
}

/** The outcome of a claim that finds nothing, without writing; null when there is something to claim. */
export function nothingToClaim(ledger: Ledger, request: ClaimRequest): ClaimOutcome | null {
  const storeTime = ledger.now();
  const asked = request.run !== undefined;
  if (asked && candidates(ledger, request, storeTime).length > 0) return null;
  const nextDueAt = ledger.tables.earliestDue(request.workflowNames, new Set());
  const due = !asked && request.limit > 0 && nextDueAt !== null && nextDueAt <= storeTime;
  return due ? null : { claims: [], nextDueAt, storeTime };
}

/** Claims due runs, longest due first, or the one that is asked for. @throws CorruptionError if that is damaged */
export function claimRuns(ledger: Ledger, request: ClaimRequest): ClaimOutcome {
  const { tables } = ledger;
  const now = ledger.now();
  const claimed = new Set<number>();
  const claims: Claim[] = [];
  for (const run of candidates(ledger, request, now)) {
    const mine = afterClaim(run, request, circumstances(ledger, run, now));
    tables.updateRun(run, mine);
    ledger.changed({ workflowId: run.workflowId, kind: "claimed", due: false });
    claimed.add(run.key);
    claims.push(claimOf(mine, request.leaseMs, now));
  }
  return { claims, nextDueAt: tables.earliestDue(request.workflowNames, claimed), storeTime: now };
}

function candidates(ledger: Ledger, request: ClaimRequest, now: number): RunRow[] {
  const { run: asked, workflowNames: names, limit } = request;
  if (limit < 1) return [];
  if (asked === undefined) return ledger.tables.dueRuns(names, now, limit);
  const run = ledger.tables.findRun(asked.workflowId);
  if (run !== null) assertSound(run);
  if (run === null || (names !== null && !names.includes(run.workflowName))) return [];
  if (asked.unless?.includes(run.status) === true) return [];
  return isLeased(run, now) && !asked.force ? [] : [run];
}

/** Extends the leases that `owner` still holds. */
export function renewClaims(
  ledger: Ledger,
  owner: string,
  claims: readonly Pick<Claim, "workflowId" | "epoch" | "leaseMs">[],
): RenewOutcome[] {
  const now = ledger.now();
  return claims.map(({ workflowId, epoch, leaseMs }) => {
    const run = ledger.tables.findRun(workflowId);
    if (run === null || run.damaged || !holds(run, { owner, epoch }, now)) {
      return { workflowId, epoch, held: false, requested: null };
    }
    const after = afterRenewal(run, { owner, leaseMs }, circumstances(ledger, run, now));
    ledger.tables.updateRun(run, after);
    return { workflowId, epoch, held: true, requested: run.requested };
  });
}

/** Gives a claim back if it is still this one. */
export function releaseClaim(ledger: Ledger, claim: Pick<Claim, "workflowId" | "epoch">): void {
  const run = ledger.tables.findRun(claim.workflowId);
  if (run === null || run.damaged || run.epoch !== claim.epoch || run.lease === null) return;
  const released = afterRelease(run, circumstances(ledger, run, ledger.now()));
  ledger.tables.updateRun(run, released);
  ledger.changed({ workflowId: run.workflowId, kind: "released", due: released.dueAt !== null });
}
