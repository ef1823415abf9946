import type { RecordOf } from "../ledger/ledger-record.ts";
import { type Evidence, groupBy } from "./evidence.ts";
import type { StoredRun } from "./final-store.ts";
import type { Violation } from "./violation.ts";

/** I27: of a run that rolled back, the handlers that ran are those of all its committed armed steps, and each ended well. */
export function judgeRollbackSet(evidence: Evidence): Violation[] {
  return evidence.runs.flatMap((run) => {
    const { workflowId } = run;
    const done = new Set(endedWell(evidence, workflowId).map(({ location }) => location));
    const owed = rolledBack(evidence, run) ? armedSteps(evidence, run) : new Map<string, number>();
    const missing = [...owed.keys()].filter((location) => !done.has(location));
    const surplus = [...done].filter((location) => !owed.has(location));
    return [
      ...missing.map((location) =>
        violation("I27", workflowId, `${location} is committed and was not undone`),
      ),
      ...surplus.map((location) =>
        violation("I27", workflowId, `${location} was undone and nothing owed it`),
      ),
    ];
  });
}

/** I28: handlers start in strictly decreasing order of their steps' commits. */
export function judgeRollbackOrder(evidence: Evidence): Violation[] {
  const starts = groupBy(evidence.of("handler-start"), ({ run }) => [run]);
  return [...starts.values()].flatMap((handlers) => {
    const { run } = handlers[0] as RecordOf<"handler-start">;
    const stored = evidence.stored(run);
    const sequences = stored === undefined ? new Map<string, number>() : armedSteps(evidence, stored);
    const order = [...new Set(handlers.map(({ location }) => location))];
    return order.flatMap((location, index) => {
      const before = order[index - 1];
      if (before === undefined || (sequences.get(location) ?? 0) < (sequences.get(before) ?? 0)) return [];
      return [
        violation(
          "I28",
          run,
          `the handler of ${location} started after that of ${before}, which was committed before`,
        ),
      ];
    });
  });
}

/** I27: a handler is given what its step returned. */
export function judgeRollbackValues(evidence: Evidence): Violation[] {
  const made = groupBy(evidence.of("body-end"), ({ run, location }) => [run, location]);
  return evidence.of("handler-start").flatMap(({ run, location, path, undoes }) => {
    const ends = made.get(JSON.stringify([run, location])) ?? [];
    if (ends.some(({ token, outcome }) => token === undoes && outcome === "ok")) return [];
    return [
      violation("I27", run, `the handler of ${path} was given ${undoes}, which its step did not return`),
    ];
  });
}

function endedWell(evidence: Evidence, run: string): RecordOf<"handler-end">[] {
  return evidence.of("handler-end").filter((end) => end.run === run && end.outcome === "ok");
}

/** Whether the run ended by a rollback: it failed, or was cancelled with its steps to be undone. */
function rolledBack({ plan }: Evidence, { workflowId, status }: StoredRun): boolean {
  if (status === "failed") return true;
  const planned = plan.runs.find((run) => run.workflowId === workflowId);
  return status === "cancelled" && planned?.operation === "cancel-compensate";
}

/** Committed steps with handlers, and their numbers: those of the final history, and those that any commit wrote. */
function armedSteps(evidence: Evidence, { workflowId, entries }: StoredRun): Map<string, number> {
  const commits = evidence.of("commit").filter(({ run }) => run === workflowId);
  const all = [...commits.flatMap((commit) => commit.entries), ...entries];
  const armed = all.filter(({ kind, status, armed }) => kind === "step" && status === "completed" && armed);
  return new Map(armed.map(({ location, sequence }) => [location, sequence]));
}

function violation(invariant: string, run: string, problem: string): Violation {
  return { invariant, run, problem };
}
