import { decodeFailure } from "#holdfast/history/failure.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { HistoryDivergedError } from "#holdfast/model/errors/history-errors.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { holdingsOf } from "../evidence/holdings.ts";
import { type Commit, type Life, livesOf } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";

export const divergenceTold = checkerOf(
  "I8",
  "divergence parks the run with an error that names it, writes nothing else, and never comes while the code is the same",
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
          const problem = `a divergence was told of code that never changed: ${error.message}`;
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

/** Code of another version, damage, and the history of another run that a fork was given can all do it. */
function mayDiverge(evidence: Evidence, life: Life, commit: Commit): boolean {
  if (life.damagedAt < commit.fact) return true;
  if ((life.commits[0]?.entries.length ?? 0) > 0) return true;
  const processes = new Set(
    holdingsOf(evidence, life.run)
      .filter((holding) => holding.life === life && holding.from < commit.fact)
      .map(({ process }) => process),
  );
  const versions = new Set<number>();
  for (const fact of evidence.facts) {
    if (fact.n > commit.fact) break;
    if (fact.type === "process-started" && processes.has(fact.process)) versions.add(fact.version);
  }
  return versions.size > 1;
}
