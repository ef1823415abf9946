import { allowedEndings, type PlannedRun } from "../members/member-config.ts";
import { placesOf } from "../programs/reference.ts";
import type { Evidence } from "./evidence.ts";
import type { StoredRun } from "./final-store.ts";
import type { Violation } from "./violation.ts";

/** Every run reached an end that it may have, and runs that others started have completed. */
export function judgeEndings(evidence: Evidence): Violation[] {
  const planned = new Set(evidence.plan.runs.map(({ workflowId }) => workflowId));
  return [
    ...evidence.plan.runs.flatMap((run) => missedEnd(run, evidence.stored(run.workflowId))),
    ...evidence.runs
      .filter(({ workflowId, status }) => !planned.has(workflowId) && status !== "completed")
      .map(({ workflowId: run, status }) => ({ invariant: "end", run, problem: `the child is ${status}` })),
  ];
}

function missedEnd(planned: PlannedRun, stored: StoredRun | undefined): Violation[] {
  const { workflowId: run } = planned;
  if (stored === undefined) return [{ invariant: "end", run, problem: "the run was never started" }];
  const ending = stored.status === "paused" ? stored.pauseReason : stored.status;
  const allowed = allowedEndings(planned);
  if (allowed.some((end) => end === ending)) return [];
  return [
    { invariant: "end", run, problem: `it is ${stored.status} (${ending}), not ${allowed.join(" or ")}` },
  ];
}

/** A run that reached the end of its program has been everywhere on the way. */
export function judgeCompleteness(evidence: Evidence): Violation[] {
  return evidence.plan.runs.flatMap(({ workflowId: run, program }) => {
    const seen = evidence.stored(run)?.seen;
    if (seen === undefined || seen === null) return [];
    const been = new Set(seen.map(([path]) => path));
    const missed = placesOf(program).filter((place) => !been.has(place));
    return missed.map((place) => ({ invariant: "end", run, problem: `its end tells nothing of ${place}` }));
  });
}

/** I16: after a cancel that won the run is cancelled, and nothing of it is committed by the one who ran it. */
export function judgeCancels(evidence: Evidence): Violation[] {
  return evidence.of("cancel").flatMap(({ run, won, at }) => {
    if (!won) return [];
    const stored = evidence.stored(run);
    if (stored?.status !== "cancelled") {
      return [
        { invariant: "I16", run, problem: `the cancel won, and the run is ${stored?.status ?? "gone"}` },
      ];
    }
    return evidence
      .of("commit")
      .filter((commit) => commit.run === run && commit.askedAt > at && !KEPT_AFTER_CANCEL.has(commit.status))
      .map(({ process, revision }) => ({
        invariant: "I16",
        run,
        problem: `${process} committed revision ${revision} after the cancel had won`,
      }));
  });
}

/** What the rollback of a cancelled run commits. */
const KEPT_AFTER_CANCEL: ReadonlySet<string> = new Set(["rolling_back", "cancelled"]);
