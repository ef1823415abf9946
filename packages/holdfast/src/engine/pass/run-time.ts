import { cameIntoBeingAt } from "../../history/forked-at.ts";
import { LimitError } from "../../model/errors/argument-errors.ts";
import type { PassState } from "./pass-state.ts";

/** Lets the run fail when it takes longer than its limit allows (P16). */
export function limitRunTime({ execution, settings, journal, workflowId }: PassState): void {
  const { runTimeMs: maximum } = settings.limits;
  if (maximum === Number.POSITIVE_INFINITY) return;
  const begunAt = cameIntoBeingAt(journal);
  execution.timers.addBound(begunAt + maximum, maximum, () => {
    const actual = execution.timers.now() - begunAt;
    const where = `The time that run "${workflowId}" takes`;
    const error = new LimitError({
      limit: "runTimeMs",
      maximum,
      actual,
      where,
      remedy: "Make it shorter, or raise the limit.",
    });
    execution.outcome ??= { ok: false, error };
  });
}
