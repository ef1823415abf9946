import { InvalidArgumentError } from "../../model/errors/argument-errors.ts";
import { isTerminal } from "../../model/run.ts";
import { assertSameRun, notQueued } from "../admission.ts";
import { assertBatchFits } from "../batch-limits.ts";
import { assertCounted, assertSound } from "../damage.ts";
import { assertHolder, type Holder } from "../fence.ts";
import type { CommitBatch, NewRun } from "../records.ts";
import { newRow, type RunRow, unbornRow } from "../run-row.ts";
import { queueSealWith, queueSealWithout } from "../seals.ts";
import { afterCommit, afterCreation } from "../transitions.ts";
import { circumstances } from "./claim-runs.ts";
import { insertNewRun } from "./create-run.ts";
import { deliver, planDeliveries } from "./deliveries.ts";
import type { RunLedger } from "./tables.ts";

/**
 * Applies a batch, or throws and has written nothing: everything that can be refused is looked at before the first
 * write.
 */
export function commitBatch(ledger: RunLedger, holder: Holder, batch: CommitBatch): void {
  const stored = ledger.tables.findRun(holder.workflowId);
  if (stored !== null) assertSound(stored);
  assertHolder(stored, batch, holder);
  assertBatchFits(holder.workflowId, batch, ledger.limits);
  assertConsumable(ledger, stored, batch);
  const spawns = planSpawns(ledger, holder, batch.spawn);
  const retiredEpoch = spawns.length === 0 ? 0 : ledger.tables.retiredEpoch();
  const now = ledger.now();
  const before = stored ?? unbornRow(holder.workflowId, now);
  const deliveries = planDeliveries(ledger, { before, batch, spawns });

  const run = stored ?? ledger.tables.insertRun(before, batch.header);
  const queueSeal = writeRows(ledger, run, batch);
  const left = queueSeal === run.queueSeal ? run : { ...run, queueSeal };
  const at = circumstances(ledger, { key: run.key, wants: batch.wants }, now);
  const after = afterCommit(left, batch, at);
  ledger.tables.updateRun(run, after, batch.header);
  for (const spawn of spawns) {
    const born = newRow(spawn, { now, retiredEpoch });
    insertNewRun(ledger, spawn, afterCreation(born, { now, wantedQueued: () => false }));
  }
  for (const delivery of deliveries) deliver(ledger, delivery);
  const due = after.lease === null && after.dueAt !== null;
  ledger.changed({ workflowId: run.workflowId, kind: "committed", due, ends: isTerminal(batch.status) });
}

function assertConsumable(ledger: RunLedger, run: RunRow | null, batch: CommitBatch): void {
  if (batch.consume.length === 0) return;
  if (run !== null) assertCounted(run, (most) => ledger.tables.countMessages(run.key, most));
  const seen = new Set<string>();
  for (const id of batch.consume) {
    const queued = run !== null && ledger.tables.messageState(run, id) === "queued";
    if (!queued || seen.has(id)) throw notQueued(run?.workflowId ?? "", id);
    seen.add(id);
  }
}

/** The runs that the batch really creates: those that are there already, with the same definition and input, are not. */
function planSpawns(ledger: RunLedger, holder: Holder, spawn: readonly NewRun[]): NewRun[] {
  if (spawn.length === 0) return [];
  if (holder.bare && spawn.length > 0) {
    throw new InvalidArgumentError(
      `Run "${holder.workflowId}" starts the run "${spawn[0]?.workflowId}", but its driver holds one run only. Use a store and a host to start other runs.`,
    );
  }
  const planned = new Map<string, NewRun>();
  for (const run of spawn) {
    const existing = ledger.tables.findRun(run.workflowId) ?? planned.get(run.workflowId);
    if (existing === undefined) planned.set(run.workflowId, run);
    else assertSameRun(existing, run);
  }
  return [...planned.values()];
}

/** @returns the seal of the queue without what was consumed, and with the ids that are remembered */
function writeRows(ledger: RunLedger, run: RunRow, batch: CommitBatch): number {
  const { tables } = ledger;
  const { key } = run;
  let left = run.queueSeal;
  for (const range of batch.deleteRanges) tables.deleteRows(key, range);
  for (const rowKey of batch.deletes) tables.deleteRow(key, rowKey);
  for (const entry of batch.puts) tables.putRow(key, entry);
  for (const id of batch.consume) {
    const { place, remembered } = tables.removeMessage(run, id);
    left = queueSealWith(queueSealWithout(left, place), remembered);
  }
  for (const id of batch.retract ?? []) tables.removeResponse(key, id);
  for (const answer of batch.complete) tables.insertResponse(key, answer.id, answer.response);
  return left;
}
