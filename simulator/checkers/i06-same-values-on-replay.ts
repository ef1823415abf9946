import type { Life } from "../evidence/lives.ts";
import { codeChangesBefore, versionOfPass } from "../evidence/programs.ts";
import { drawSeen, outcomeText, resultSeen } from "../evidence/results-seen.ts";
import { checkerOf } from "./checker-of.ts";

/**
 * Code of another version may ask for the same result in another way. What is drawn follows the results before it, and other code may
 * have put one there meanwhile, at a place that is `removed` in this one: draws are compared until the code changes.
 */
export const sameValuesOnReplay = checkerOf(
  "I6",
  "workflow code sees the same value at a location in the pass that committed it and in all replays",
  function* (evidence) {
    const known = new Map<Life, Map<string, string>>();
    for (const fact of evidence.facts) {
      if (fact.type !== "seen") continue;
      const draw = fact.operation === "draw";
      const result = draw ? drawSeen(evidence, fact) : resultSeen(evidence, fact);
      if (result === null) continue;
      const values = known.get(result.life) ?? new Map<string, string>();
      known.set(result.life, values);
      const code = (draw ? codeChangesBefore : versionOfPass)(evidence, fact.run, fact.pass);
      const identity = JSON.stringify([fact.path, fact.operation, result.committed, code]);
      const text = outcomeText(fact.outcome);
      const before = values.get(identity);
      if (before === undefined) values.set(identity, text);
      else if (before !== text) {
        const problem = `at "${fact.path}" pass ${fact.pass} saw ${text}, another ${before}`;
        yield { problem, run: fact.run, fact: fact.n };
      }
    }
  },
);
