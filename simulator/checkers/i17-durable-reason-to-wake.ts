import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import { isTerminal } from "#holdfast/model/run.ts";
import { dueAt } from "#holdfast/storage/due.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { holdingsOf } from "../evidence/holdings.ts";
import { type Commit, entryAt, type Life, livesOf } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { queueOf } from "../evidence/queues.ts";
import { mustBeClaimedBy } from "../evidence/quiet.ts";
import type { Statement } from "../program/program.ts";
import { checkerOf } from "./checker-of.ts";
import { runTimeProblems } from "./i17-run-time.ts";

export const durableReasonToWake = checkerOf(
  "I17",
  "every run that is not over has a reason to wake up in the store, and is taken up when it is due; one whose time is over fails",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      for (const commit of life.commits) {
        const { record, fact } = commit;
        const sleepless = record.wakeAt === null && (record.wants ?? []).length === 0;
        if (record.status === "sleeping" && sleepless && fact < life.damagedAt)
          yield { problem: "the run sleeps and nothing wakes it", run: life.run, fact };
        if (isForgotten(evidence, life, commit))
          yield {
            problem: "the run was parked while a message that it waits for was queued, and is not due",
            run: life.run,
            fact,
          };
        for (const name of unheard(evidence, life, commit))
          yield {
            problem: `the run sleeps, waits for "${name}", and is not woken by it`,
            run: life.run,
            fact,
          };
      }
      const damaged = life.damagedAt !== Number.POSITIVE_INFINITY;
      const run = evidence.stored.runs.find(({ row }) => row.workflowId === life.run);
      if (run === undefined || damaged || life.to !== Number.POSITIVE_INFINITY) continue;
      const problem = sleepProblem(run, evidence.endedAt) ?? neglect(evidence, run);
      if (problem !== null) yield { problem, run: life.run, fact: life.commits.at(-1)?.fact ?? null };
    }
    yield* runTimeProblems(evidence);
  },
);

/** Of all runs of the workflow this one at least is due at once, so the next that the storage would wake is. */
function isForgotten(evidence: Evidence, life: Life, { record, fact, at }: Commit): boolean {
  const told = evidence.facts[fact];
  if (record.status !== "sleeping" || told?.type !== "committed" || fact > life.damagedAt) return false;
  if (told.nextDueAt === undefined || (told.nextDueAt !== null && told.nextDueAt <= at)) return false;
  for (const { message, arrivals, consumed } of queueOf(evidence, life).fates.values()) {
    if (record.wants?.includes(message.name) !== true) continue;
    const left =
      arrivals.filter((n) => n <= fact).length - consumed.filter((each) => each.fact <= fact).length;
    if (left > 0) return true;
  }
  return false;
}

/** Names of messages that waits at the root ask for, and that do not wake the run; one that is due at once looks by itself. */
function* unheard(evidence: Evidence, life: Life, { record, fact, at }: Commit) {
  const program = programOf(evidence, life);
  if (record.status !== "sleeping" || program === undefined) return;
  if (record.wakeAt !== null && record.wakeAt <= at) return;
  for (const path of life.versions.keys()) {
    const entry = path.includes("/") ? null : entryAt(life, path, fact + 1);
    if (entry?.kind !== "message" || entry.status !== "pending") continue;
    const [statement, ...others] = outlineOf(program).at(path);
    if (statement === undefined || others.length > 0) continue;
    for (const name of namesOf(statement)) if (record.wants?.includes(name) !== true) yield name;
  }
}

function namesOf(statement: Statement): readonly string[] {
  if (statement.kind === "listen") return [statement.message];
  return statement.kind === "next" || statement.kind === "batch" ? statement.names : [];
}

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
