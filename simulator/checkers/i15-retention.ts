import { isTerminal } from "#holdfast/model/run.ts";
import { callsBefore } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { livesOf } from "../evidence/lives.ts";
import type { Violation } from "./checker.ts";

/** Runs that a host has deleted by itself, which are over for as long as it keeps them, by the store's clock. */
export function* retentionProblems(evidence: Evidence): Iterable<Violation> {
  for (const { run, from, to, commits } of livesOf(evidence)) {
    const deleted = evidence.facts[to];
    const last = commits.at(-1);
    if (deleted === undefined || last === undefined) continue;
    const asked = callsBefore(evidence, { run, n: to, apis: ["delete"] });
    // One that failed, or whose answer never came, may have been under way for long.
    if (asked.some(({ ended }) => ended?.outcome.ok !== true || ended.n > from)) continue;
    const keepMs = keptBy(evidence, deleted.process);
    const at = { run, fact: to };
    if (keepMs === undefined) yield { problem: "the run was deleted, and nobody had asked for it", ...at };
    else if (!isTerminal(last.record.status))
      yield { problem: `the run was deleted by itself, and is ${last.record.status}`, ...at };
    else if (deleted.at - last.at < keepMs) {
      const problem = `the run was deleted ${deleted.at - last.at} ms after its end, and is kept for ${keepMs}`;
      yield { problem, ...at };
    }
  }
}

/** How long this process keeps runs that have ended; undefined: it deletes none. */
export function keptBy({ scenario }: Evidence, process: string): number | undefined {
  const number = /^host-(\d+)$/.exec(process)?.[1];
  return scenario.hosts[Number(number ?? -1)]?.keepMs;
}
