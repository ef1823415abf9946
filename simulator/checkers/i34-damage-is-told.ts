import { callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { holdingsOf } from "../evidence/holdings.ts";
import { type Life, livesOf } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";

/** More claims than this after the damage, one after the other without a commit, are a loop. */
const MOST_CLAIMS = 25;
/** Calls whose error can be the workflow's own. */
const OF_THE_WORKFLOW: ReadonlySet<string> = new Set(["result", "request"]);

export const damageIsTold = checkerOf(
  "I34",
  "damaged bytes change nothing or hold the run with a typed error; they never make it run round in circles",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      for (const { header, previous, fact } of life.commits) {
        const held = header?.pause === "corruption" && previous?.pause !== "corruption";
        if (held && fact < life.damagedAt)
          yield { problem: "the run is held for damage that there was not", run: life.run, fact };
      }
      if (life.damagedAt !== Number.POSITIVE_INFINITY) yield* circles(evidence, life);
    }
    for (const fact of evidence.facts) {
      if (fact.type !== "misread") continue;
      const problem = `row ${fact.key} was damaged and read as if it were sound`;
      yield { problem, run: fact.run, fact: fact.n };
    }
    for (const { began, ended } of callsOf(evidence)) {
      if (ended === null || ended.outcome.ok || OF_THE_WORKFLOW.has(began.what.api)) continue;
      if (ended.outcome.code !== "other") continue;
      const problem = `${began.what.api} failed with an error of no known type: ${ended.outcome.error}`;
      yield { problem, run: began.run, fact: ended.n };
    }
  },
);

function* circles(evidence: Evidence, life: Life) {
  let claims = 0;
  let last = life.damagedAt;
  for (const { life: of, from } of holdingsOf(evidence, life.run)) {
    if (of !== life || from < life.damagedAt) continue;
    const committed = life.commits.some(({ fact }) => fact > last && fact < from);
    claims = committed ? 1 : claims + 1;
    last = from;
    if (claims !== MOST_CLAIMS + 1) continue;
    const problem = `the damaged run was claimed ${claims} times without anything coming of it`;
    yield { problem, run: life.run, fact: from };
  }
}
