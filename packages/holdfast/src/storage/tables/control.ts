import { RunFinishedError, RunNotFoundError } from "../../model/errors/run-errors.ts";
import { isTerminal } from "../../model/run.ts";
import { assertSound } from "../damage.ts";
import type { HolderRequest } from "../store.ts";
import { afterRequest } from "../transitions.ts";
import { circumstances } from "./claim-runs.ts";
import type { Ledger } from "./tables.ts";

/** Asks for a wake of a run in progress, or its holder to do something. */
export function requestOf(ledger: Ledger, workflowId: string, what: "wake" | HolderRequest): void {
  const run = ledger.tables.findRun(workflowId);
  if (run === null) throw new RunNotFoundError(workflowId);
  assertSound(run);
  if (isTerminal(run.status)) throw new RunFinishedError(workflowId, run.status);
  const after = afterRequest(run, what, circumstances(ledger, run, ledger.now()));
  ledger.tables.updateRun(run, after);
  ledger.changed({ workflowId, kind: "requested", due: after.dueAt !== null });
}

/** Removes the run and everything of it; false when there is none, or when it was claimed since `epoch`. */
export function deleteRun(ledger: Ledger, workflowId: string, epoch?: number): boolean {
  const run = ledger.tables.findRun(workflowId);
  if (run === null || (epoch !== undefined && run.epoch !== epoch)) return false;
  // An epoch that damage has made huge would leave none above it.
  const retired = Math.max(ledger.tables.retiredEpoch(), run.damaged ? 0 : run.epoch);
  ledger.tables.deleteRun(run, retired);
  ledger.changed({ workflowId, kind: "deleted", due: false });
  return true;
}
