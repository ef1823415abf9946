import { encodeFailure } from "../../history/failure.ts";
import { RunCancelledError } from "../../model/errors/run-errors.ts";
import { isTerminal } from "../../model/run.ts";
import type { CancelOutcome } from "../pass/outcome.ts";
import { recordFailure } from "../pass/run-failing.ts";
import { holdsArmed } from "../replay/block.ts";
import type { Operator } from "./operator.ts";

/** Cancels a run that no pass runs; with `compensate` its handlers run when a pass takes it up. */
export async function cancelRun(operator: Operator, compensate: boolean): Promise<CancelOutcome> {
  const { journal } = operator;
  const { status, rollback } = journal.header;
  if (isTerminal(status)) return { cancelled: false, state: status };
  if (status === "rolling_back" || rollback !== "none") return { cancelled: false, state: "rolling_back" };
  if (compensate && holdsArmed(journal.root)) {
    recordFailure(journal, encodeFailure(new RunCancelledError(operator.workflowId)));
    await operator.commit({ status: "rolling_back", rollback: "cancel", wakeAt: operator.now });
  } else await operator.commit({ status: "cancelled" });
  return { cancelled: true };
}
