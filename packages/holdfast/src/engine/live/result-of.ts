import type { PassOutcome } from "../pass/outcome.ts";
import type { RunResult } from "./run-handle.ts";

/** How a pass ended, as `result` of a handle tells it. @throws the error of a run that failed, is paused or was lost */
export function resultOf(outcome: PassOutcome): RunResult<unknown> {
  switch (outcome.state) {
    case "completed":
      return { state: "completed", output: outcome.output };
    case "failed":
    case "paused":
    case "lost":
      throw outcome.error;
    case "sleeping":
    case "rolling_back":
      return {
        state: outcome.state,
        ...(outcome.wakeAt === null ? {} : { sleepUntil: outcome.wakeAt }),
        ...(outcome.wants === null ? {} : { waitingForMessages: outcome.wants }),
      };
    default:
      return { state: outcome.state };
  }
}
