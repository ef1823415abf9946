import type { Evidence } from "./evidence.ts";
import type { Violation } from "./violation.ts";

const AT_REST: ReadonlySet<string> = new Set(["completed", "failed", "cancelled", "paused"]);

/** I17: what is not at rest is due at some time, or wants messages. */
export function judgeWakeUps({ runs }: Pick<Evidence, "runs">): Violation[] {
  return runs
    .filter(
      ({ status, dueAt, wants }) => !AT_REST.has(status) && dueAt === null && (wants ?? []).length === 0,
    )
    .map(({ workflowId: run, status }) => ({
      invariant: "I17",
      run,
      problem: `it is ${status}, and nothing will wake it`,
    }));
}
