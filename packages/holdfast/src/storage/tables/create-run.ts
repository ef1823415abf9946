import { assertSameRun } from "../admission.ts";
import { assertRunFits } from "../batch-limits.ts";
import type { NewRun } from "../records.ts";
import { newRow, type RunRow, toRecord } from "../run-row.ts";
import type { CreateOutcome } from "../store.ts";
import { afterClaim, afterCreation } from "../transitions.ts";
import { claimOf } from "./claim-runs.ts";
import type { RunLedger } from "./tables.ts";

/** Creates the run if absent, claimed from its first instant when a claim is asked for. */
export function createRun(
  ledger: RunLedger,
  run: NewRun,
  claim?: { readonly owner: string; readonly leaseMs: number },
): CreateOutcome {
  assertRunFits(run, ledger.limits);
  const now = ledger.now();
  const existing = ledger.tables.findRun(run.workflowId);
  if (existing !== null) {
    assertSameRun(existing, run);
    return { created: false, run: toRecord(existing, now), claim: null };
  }
  const at = { now, wantedQueued: () => false };
  const retiredEpoch = ledger.tables.retiredEpoch();
  const free = afterCreation(newRow(run, { now, retiredEpoch }), at);
  const row = insertNewRun(ledger, run, claim === undefined ? free : afterClaim(free, claim, at));
  const mine = claim === undefined ? null : claimOf(row, claim.leaseMs, now);
  return { created: true, run: toRecord(row, now), claim: mine };
}

/** Inserts a run that is known to be absent. */
export function insertNewRun(ledger: RunLedger, run: NewRun, row: RunRow): RunRow {
  const inserted = ledger.tables.insertRun(row, run.header);
  for (const entry of run.entries) ledger.tables.putRow(inserted.key, entry);
  const due = inserted.dueAt !== null && inserted.lease === null;
  ledger.changed({ workflowId: run.workflowId, kind: "created", due });
  return inserted;
}
