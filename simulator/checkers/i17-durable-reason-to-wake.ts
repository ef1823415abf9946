import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import { isTerminal } from "#holdfast/model/run.ts";
import { dueAt } from "#holdfast/storage/due.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { holdingsOf } from "../evidence/holdings.ts";
import { livesOf } from "../evidence/lives.ts";
import { mustBeClaimedBy } from "../evidence/quiet.ts";
import { checkerOf } from "./checker-of.ts";

export const durableReasonToWake = checkerOf(
  "I17",
  "every run that is not over has a reason to wake up in the store, and is taken up when it is due",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      for (const { record, fact } of life.commits) {
        const sleepless = record.wakeAt === null && (record.wants ?? []).length === 0;
        if (record.status === "sleeping" && sleepless && fact < life.damagedAt)
          yield { problem: "the run sleeps and nothing wakes it", run: life.run, fact };
      }
      const damaged = life.damagedAt !== Number.POSITIVE_INFINITY;
      const run = evidence.stored.runs.find(({ row }) => row.workflowId === life.run);
      if (run === undefined || damaged || life.to !== Number.POSITIVE_INFINITY) continue;
      const problem = sleepProblem(run, evidence.endedAt) ?? neglect(evidence, run);
      if (problem !== null) yield { problem, run: life.run, fact: life.commits.at(-1)?.fact ?? null };
    }
  },
);

/** What is wrong with how the storage means to wake the run. */
function sleepProblem({ row, messages }: MemoryRunDump, now: number): string | null {
  if (isTerminal(row.status) || row.status === "paused") return null;
  const wanted = messages.some(({ name }) => row.wants?.includes(name));
  const due = dueAt(row, now, () => wanted);
  if (due === null) return row.wants === null ? `the run is ${row.status} and will never be due` : null;
  if (row.dueAt === null) return `the run is due (${row.status}), and the storage does not know`;
  const late = row.dueAt - Math.max(due, now);
  return late > 0 ? `the storage wakes the run ${late} ms too late` : null;
}

/** A run that has been due for long, by what the storage knows too, and that no host takes up. */
function neglect(evidence: Evidence, { row }: MemoryRunDump): string | null {
  const { dueAt: due, workflowId } = row;
  if (due === null || due > evidence.endedAt) return null;
  const by = mustBeClaimedBy(evidence, due);
  if (by === null || holdingsOf(evidence, workflowId).some(({ fromAt }) => fromAt >= due)) return null;
  return `the run is due since ${due} (${row.status}), and nobody had taken it up ${by - due} ms later`;
}
