import type { Evidence } from "./evidence.ts";
import type { Violation } from "./violation.ts";

/** I5: no attempt has a number above what its step allows. */
export function judgeAttempts(evidence: Evidence): Violation[] {
  return evidence
    .of("body-start", "handler-start")
    .filter(({ attempt, attemptsAllowed }) => attempt > attemptsAllowed)
    .map(({ run, path, attempt, attemptsAllowed }) => ({
      invariant: "I5",
      run,
      problem: `attempt ${attempt} of ${path} started, of ${attemptsAllowed} that are allowed`,
    }));
}
