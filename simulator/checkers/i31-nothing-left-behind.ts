import { type Call, callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { livesOfRun } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";

/** More than a host takes for all that it waits for when it stops, and for a storage that answers late. */
const STOP_WITHIN_MS = 120_000;

/** Calls that wait for what may never come: the end of a run, and of a body. */
const WAITING: ReadonlySet<string> = new Set(["result", "pause"]);

/** What ends a process, or is its end. */
const ENDS: ReadonlySet<string> = new Set(["process-killed", "process-stopping"]);

export const nothingLeftBehind = checkerOf(
  "I31",
  "no rejection goes unhandled, no warning is given, every call has an end, and a host that is asked to stop does, and leaves no timer and no wait",
  function* (evidence) {
    yield* endlessStops(evidence);
    yield* endlessCalls(evidence);
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

/** Hosts that have not stopped for long: whatever does not answer is left. */
function* endlessStops({ facts, quietSince, endedAt }: Evidence) {
  const stopping = new Map<string, { readonly n: number; byMs: number }>();
  for (const { process, type, at, n } of facts) {
    const begun = stopping.get(process);
    if (type === "process-stopping")
      stopping.set(process, { n, byMs: Math.max(at, quietSince) + STOP_WITHIN_MS });
    if (begun === undefined) continue;
    if (type === "process-continued") begun.byMs = Math.max(begun.byMs, at + STOP_WITHIN_MS);
    if (type === "process-stopped" || type === "process-killed") stopping.delete(process);
  }
  for (const [process, { n, byMs }] of stopping)
    if (endedAt > byMs) yield { problem: `${process} was asked to stop, and goes on`, run: null, fact: n };
}

/** Calls without an answer long after everything went well again, of processes that lived so long. */
function* endlessCalls(evidence: Evidence) {
  const { facts, quietSince, endedAt } = evidence;
  for (const { began, ended } of callsOf(evidence)) {
    const { process, run, n, at, what } = began;
    const by = Math.max(at, quietSince) + STOP_WITHIN_MS;
    if (ended !== null || WAITING.has(what.api) || endedAt <= by) continue;
    // The world keeps what is for a bare run until somebody has begun it.
    if (livesOfRun(evidence, run).length === 0) continue;
    const left = facts.find((fact) => fact.n > n && fact.process === process && ENDS.has(fact.type));
    if (left === undefined || left.at > by)
      yield { problem: `a call of "${what.api}" has had no answer`, run, fact: n };
  }
}

/** Calls of the process that somebody still waits for: each may wait for something itself. */
function callsUnderWay(evidence: Evidence, { process, n }: FactOf<"left-behind">): readonly Call[] {
  return callsOf(evidence).filter(
    ({ began, ended }) => began.process === process && began.n < n && (ended === null || ended.n > n),
  );
}
