import { RunEvictedError, RunPausedError } from "../../model/errors/run-errors.ts";
import { holdRun } from "./hold.ts";
import type { PassOutcome } from "./outcome.ts";
import type { PassState } from "./pass-state.ts";
import { pausedOutcome } from "./run-ending.ts";

/** Whether the code is still being handed what is recorded, and may not fit it. */
export function isReplaying({ execution, journal }: PassState): boolean {
  const { status, revision } = journal.header;
  return !execution.live && revision > 0 && status !== "rolling_back";
}

/** Stops a replay before its end: nothing that it has come to is stored (P6). */
export async function leaveReplay(state: PassState, wish: "pause" | "evict"): Promise<PassOutcome> {
  const { execution, claim, settings, report, workflowId } = state;
  if (wish === "evict") {
    execution.leave(new RunEvictedError(workflowId));
    return { state: "evicted" };
  }
  await holdRun({ workflowId, claim, world: settings.world, report }, "operator", null);
  state.holdsClaim = false;
  execution.leave(new RunPausedError(workflowId, "operator"));
  return pausedOutcome(state, "operator");
}
