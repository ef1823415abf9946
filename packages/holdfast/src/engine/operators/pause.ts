import { KeySpace } from "../../history/key.ts";
import { RunFinishedError } from "../../model/errors/run-errors.ts";
import { isTerminal } from "../../model/run.ts";
import type { Operator } from "./operator.ts";

/**
 * Holds a run that no pass runs. Pausing a paused run changes nothing.
 * @throws RunFinishedError
 */
export async function pauseRun(operator: Operator): Promise<void> {
  const { status } = operator.journal.header;
  if (isTerminal(status)) throw new RunFinishedError(operator.workflowId, status);
  if (status !== "paused") await operator.commit({ status: "paused", pause: "operator" });
}

/**
 * Lets a paused run go on. Resuming a run that is not paused changes nothing.
 * @throws RunFinishedError
 */
export async function resumeRun(operator: Operator): Promise<void> {
  const { journal } = operator;
  const { status, rollback } = journal.header;
  if (isTerminal(status)) throw new RunFinishedError(operator.workflowId, status);
  if (status !== "paused") return;
  journal.setSingle(KeySpace.hold, null);
  await operator.commit({ status: rollback === "none" ? "sleeping" : "rolling_back", wakeAt: operator.now });
}
