import type { RunState } from "holdfast";
import type { decodeRunFailure } from "holdfast/embedding";
import type { WorkflowState } from "../model/history.ts";

/**
 * A run's status in the words of RivetKit. A paused run has failed there: the next `runWorkflow` tries again. So has a
 * rollback that could not be finished not failed yet.
 */
export function hostedState(
  status: RunState,
  failure: ReturnType<typeof decodeRunFailure> | null,
): WorkflowState {
  if (status === "paused") return "failed";
  if (status === "failed" && failure !== null && failure.rollbackFailure !== null) return "rolling_back";
  return status;
}
