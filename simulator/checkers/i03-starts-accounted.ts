import type { Evidence } from "../evidence/evidence.ts";
import { generationAt } from "../evidence/lives.ts";
import { type Start, startsByPlace } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

const TAKEN_BY = new Set(["evict", "pause", "cancel", "rewind", "recover", "delete"]);
const LEFT_BY = new Set(["process-killed", "process-stopping", "process-stopped", "process-paused"]);

export const startsAccounted = checkerOf(
  "I3",
  "an attempt starts again only after a start whose process died, lost the run or left it, and never if it is at most once",
  function* (evidence) {
    for (const starts of startsByPlace(evidence)) {
      const [first] = starts;
      if (first?.began.role !== "body") continue;
      for (const [before, again] of repeats(starts)) {
        const { run, path, attempt, n: fact } = again.began;
        const what = `attempt ${attempt} of the body at "${path}" started again`;
        if (before.holding === again.holding) yield { problem: `${what} under the same claim`, run, fact };
        else if (again.began.atMostOnce) yield { problem: `${what}, though it is at most once`, run, fact };
        else if (!hadReason(evidence, before, again))
          yield { problem: `${what}, though nothing had stopped the start before`, run, fact };
      }
    }
  },
);

/** Each start with the last one before it of the same attempt, unless an operator took results back in between. */
export function* repeats(starts: readonly Start[]): Iterable<readonly [Start, Start]> {
  const last = new Map<string, Start>();
  for (const start of starts) {
    const { attempt, n } = start.began;
    const identity = `${attempt} ${generationAt(start.life, n)}`;
    const before = last.get(identity);
    if (before !== undefined) yield [before, start];
    last.set(identity, start);
  }
}

function hadReason(evidence: Evidence, before: Start, again: Start): boolean {
  const { run, process, n } = before.began;
  if (before.aborted !== null || again.holding.fromAt >= before.holding.until) return true;
  for (let i = n + 1; i < again.began.n; i++) {
    const fact = evidence.facts[i];
    if (fact === undefined) continue;
    if (fact.process === process && (fact.type === "fault" || LEFT_BY.has(fact.type))) return true;
    if (fact.type === "called" && fact.run === run && TAKEN_BY.has(fact.what.api)) return true;
  }
  return false;
}
