import { decodeFailure } from "#holdfast/history/failure.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { HistoryDivergedError } from "#holdfast/model/errors/history-errors.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { type Commit, type Life, livesOf } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import type { Program } from "../program/program.ts";
import { checkerOf } from "./checker-of.ts";

export const divergenceTold = checkerOf(
  "I8",
  "divergence parks the run with an error that names it, writes nothing else, and never comes while the code keeps to the rules",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      for (const commit of life.commits) {
        if (commit.header?.pause !== "divergence" || commit.previous?.pause === "divergence") continue;
        const at = { run: life.run, fact: commit.fact };
        if (writesMore(commit))
          yield { problem: "the commit that told of a divergence wrote something else too", ...at };
        const hold = commit.singles.get(KeySpace.hold) ?? null;
        const error = hold === null ? null : decodeFailure(hold);
        if (!HistoryDivergedError.is(error))
          yield { problem: "the run is held for a divergence and has no error that names it", ...at };
        else if (!mayDiverge(evidence, life, commit)) {
          const problem = `a divergence was told of code that keeps to the rules: ${error.message}`;
          yield { problem, ...at };
        }
      }
    }
  },
);

function writesMore({ batch, entries }: Commit): boolean {
  if (batch === null) return true;
  const { puts, deletes, deleteRanges, consume, complete, send } = batch;
  const others = puts.filter(({ key }) => key[0] !== KeySpace.hold).length;
  const more = [deletes, deleteRanges, consume, complete, send].some((list) => list.length > 0);
  return others > 0 || more || entries.length > 0;
}

/**
 * Damage can do it, the history of another run that a fork was given, older code after newer, and newer code that breaks the
 * rules: on purpose, or by leaving out an operation that had failed, so that it goes on where the older one did not.
 */
function mayDiverge(evidence: Evidence, life: Life, commit: Commit): boolean {
  if (life.damagedAt < commit.fact) return true;
  if ((life.commits[0]?.entries.length ?? 0) > 0) return true;
  const passes = evidence.facts.filter(
    (fact) =>
      fact.type === "pass-started" && fact.run === life.run && fact.n > life.from && fact.n < commit.fact,
  ) as readonly FactOf<"pass-started">[];
  const diverged = passes.findLast(({ process }) => process === commit.process);
  const program = programOf(evidence, life);
  if (diverged === undefined || program?.newer === undefined) return false;
  if (diverged.version === 1) return passes.some(({ version }) => version === 2);
  return program.breaksRules === true || leavesOutFailures(program, life, commit);
}

function leavesOutFailures(program: Program, life: Life, commit: Commit): boolean {
  const { at } = outlineOf(program);
  for (const [path, versions] of life.versions) {
    if (!at(path).some(({ kind }) => kind === "removed")) continue;
    if (versions.some(({ fact, entry }) => fact < commit.fact && entry?.status === "failed")) return true;
  }
  return false;
}
