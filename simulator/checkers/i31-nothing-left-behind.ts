import { type Call, callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { checkerOf } from "./checker-of.ts";

export const nothingLeftBehind = checkerOf(
  "I31",
  "no rejection goes unhandled, no warning is given, and a host that has stopped leaves no timer and no wait",
  function* (evidence) {
    for (const fact of evidence.facts) {
      if (fact.type === "stray") yield { problem: `${fact.kind}: ${fact.what}`, run: null, fact: fact.n };
      if (fact.type !== "left-behind") continue;
      const { process, timers, waits, n } = fact;
      const calls = callsUnderWay(evidence, fact);
      // A question looks for its answer, and is patient for so long.
      const questions = calls.filter(({ began }) => began.what.api === "request");
      if (timers > calls.length + questions.length || waits > calls.length)
        yield { problem: `${process} left ${timers} timers and ${waits} waits behind`, run: null, fact: n };
    }
  },
);

/** Calls of the process that somebody still waits for: each may wait for something itself. */
function callsUnderWay(evidence: Evidence, { process, n }: FactOf<"left-behind">): readonly Call[] {
  return callsOf(evidence).filter(
    ({ began, ended }) => began.process === process && began.n < n && (ended === null || ended.n > n),
  );
}
