import { type Life, livesOf } from "../evidence/lives.ts";
import { outcomeText, resultSeen } from "../evidence/results-seen.ts";
import { checkerOf } from "./checker-of.ts";

export const pinnedVersions = checkerOf(
  "I10",
  "a version gate gives the same answer at a location for the life of the run, whatever code asks",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      for (const { entries, resets, fact } of life.commits) {
        for (const { path, before, after } of entries) {
          const changed = before?.kind === "version" && after !== null && after.count !== before.count;
          if (!changed || resets) continue;
          const problem = `the version at "${path}" was ${before.count} and became ${after.count}`;
          yield { problem, run: life.run, fact };
        }
      }
    }
    const answers = new Map<Life, Map<string, string>>();
    for (const fact of evidence.facts) {
      if (fact.type !== "seen" || fact.operation !== "version") continue;
      const result = resultSeen(evidence, fact);
      if (result === null) continue;
      const known = answers.get(result.life) ?? new Map<string, string>();
      answers.set(result.life, known);
      const identity = JSON.stringify([fact.path, result.committed]);
      const text = outcomeText(fact.outcome);
      const before = known.get(identity) ?? text;
      known.set(identity, before);
      if (before === text) continue;
      const problem = `the version at "${fact.path}" was ${before}, and ${text} in pass ${fact.pass}`;
      yield { problem, run: fact.run, fact: fact.n };
    }
  },
);
