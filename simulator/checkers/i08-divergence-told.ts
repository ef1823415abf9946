import type { EntryKind } from "#holdfast/history/entry.ts";
import { decodeFailure } from "#holdfast/history/failure.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { HistoryDivergedError } from "#holdfast/model/errors/history-errors.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { type Commit, entryAt, type Life, livesOf } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { resultSeen } from "../evidence/results-seen.ts";
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
    yield* misfits(evidence);
  },
);

/** What is recorded for the operations that tell what they gave; the short forms are messages. */
const RECORDED_AS: Readonly<Record<string, EntryKind>> = {
  step: "step",
  tryStep: "step",
  sleep: "sleep",
  next: "message",
  batch: "message",
  send: "send",
  loop: "loop",
  join: "join",
  race: "race",
  map: "map",
  try: "try",
  checkpoint: "rollback_checkpoint",
  version: "version",
};

/** Values that code was given by what is recorded of another kind of operation. */
function* misfits(evidence: Evidence) {
  for (const fact of evidence.facts) {
    if (fact.type !== "seen" || !fact.outcome.ok) continue;
    const result = resultSeen(evidence, fact);
    if (result === null || result.committed > fact.n) continue;
    const { kind } = entryAt(result.life, fact.path, fact.n) ?? {};
    const asked = kindsAsked(evidence, result.life, fact);
    if (kind === undefined || asked.length === 0 || asked.includes(kind)) continue;
    const problem = `the ${fact.operation} at "${fact.path}" was given what is recorded of a ${kind}`;
    yield { problem, run: fact.run, fact: fact.n };
  }
}

/** The kinds of entries that the operation may find; none when that is not known. */
function kindsAsked(evidence: Evidence, life: Life, { path, operation }: FactOf<"seen">): readonly string[] {
  if (operation !== "removed") return [RECORDED_AS[operation] ?? []].flat();
  const program = programOf(evidence, life);
  const statements = program === undefined ? [] : outlineOf(program).at(path);
  return statements.flatMap((statement) => (statement.kind === "removed" ? [statement.removed] : []));
}

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
  // The first pass of a bare run begins before the run is stored.
  const from = life.number === 1 ? -1 : life.from;
  const passes = evidence.facts.filter(
    (fact) => fact.type === "pass-started" && fact.run === life.run && fact.n > from && fact.n < commit.fact,
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
