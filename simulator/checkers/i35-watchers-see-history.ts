import type { FactOf } from "../evidence/fact-of.ts";
import { type Commit, entryAt, type Life, livesOfRun } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";

export const watchersSeeHistory = checkerOf(
  "I35",
  "whoever watches a run sees it as it was after one of its commits, and never goes back",
  function* (evidence) {
    const last = new Map<number, FactOf<"watched">>();
    for (const fact of evidence.facts) {
      if (fact.type !== "watched") continue;
      const at = { run: fact.run, fact: fact.n };
      const before = last.get(fact.watcher);
      last.set(fact.watcher, fact);
      const lives = livesOfRun(evidence, fact.run).filter(({ from }) => from < fact.n);
      const [life] = lives;
      if (lives.length === 1 && before !== undefined && before.revision >= fact.revision)
        yield { problem: `revision ${fact.revision} was seen after ${before.revision}`, ...at };
      if (life === undefined || lives.some(({ damagedAt }) => damagedAt < fact.n)) continue;
      const problems = lives.map((one) => differenceFrom(one, fact));
      const [problem] = problems;
      if (problem != null && problems.every((one) => one !== null)) yield { problem, ...at };
    }
  },
);

/** Null: the snapshot is what that life was at this revision. */
function differenceFrom(life: Life, seen: FactOf<"watched">): string | null {
  const commit = life.commits.find(({ record, fact }) => record.revision === seen.revision && fact < seen.n);
  if (commit === undefined) return `revision ${seen.revision} was seen, which there was not yet`;
  if (commit.record.status !== seen.status)
    return `revision ${seen.revision} was seen as ${seen.status}, and is ${commit.record.status}`;
  const there = textsOf(life, commit);
  const shown = seen.entries.map(({ id, status, sequence }) => `${id} ${status} ${sequence}`);
  const missing = there.find((line) => !shown.includes(line));
  if (missing !== undefined) return `at revision ${seen.revision} "${missing}" was not seen`;
  const more = shown.find((line) => !there.includes(line));
  return more === undefined ? null : `at revision ${seen.revision} "${more}" was seen, and is not there`;
}

function textsOf(life: Life, { fact }: Commit): readonly string[] {
  const texts: string[] = [];
  for (const path of life.versions.keys()) {
    const entry = entryAt(life, path, fact + 1);
    if (entry !== null) texts.push(`${path} ${entry.status} ${entry.sequence}`);
  }
  return texts;
}
