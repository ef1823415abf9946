import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { commitBefore, type Life } from "../evidence/lives.ts";
import { codeChangesBefore, programOf } from "../evidence/programs.ts";
import { resultSeen } from "../evidence/results-seen.ts";
import { checkerOf } from "./checker-of.ts";

/** What a pass was handed so far. */
class Handed {
  readonly #paths: Set<string> = new Set();
  #last: { readonly path: string; readonly sequence: number } | null = null;

  /** Takes the next result; what was handed before it, and has a higher number. */
  take(path: string, sequence: number): { readonly path: string; readonly sequence: number } | null {
    // A rollback goes into blocks that have ended, for the handlers in them, when their own results were handed over.
    if (this.#isWithin(path)) return null;
    const before = this.#last;
    this.#paths.add(path);
    this.#last = { path, sequence };
    return before !== null && before.sequence > sequence ? before : null;
  }

  #isWithin(path: string): boolean {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1))
      if (this.#paths.has(path.slice(0, end))) return true;
    return false;
  }
}

/**
 * Where nothing but replays can change the order: other code may ask in another one, what a deploy has pinned is told in the turn in which
 * the older code went past it, and what followed a failure that was recovered is owed by nobody.
 */
export const inOrderOnReplay = checkerOf(
  "I6",
  "workflow code is handed what is committed in the order of its numbers, in the pass that committed it and in all replays",
  function* (evidence) {
    const passes = new Map<string, Handed>();
    for (const seen of evidence.facts) {
      if (seen.type !== "seen" || seen.operation === "version") continue;
      const result = resultSeen(evidence, seen);
      if (result === null || codeChangesBefore(evidence, seen.run, seen.pass) > 0) continue;
      const { life } = result;
      if (isCopyOfOtherCode(evidence, life) || (commitBefore(life, seen.n)?.generation ?? 0) > 0) continue;
      yield* told(seen, result.sequence, handedIn(passes, seen));
    }
  },
);

/** A fork may have been given results of another version. */
function isCopyOfOtherCode(evidence: Evidence, life: Life): boolean {
  return programOf(evidence, life)?.newer !== undefined && (life.commits[0]?.entries.length ?? 0) > 0;
}

function handedIn(passes: Map<string, Handed>, { run, pass }: FactOf<"seen">): Handed {
  const key = JSON.stringify([run, pass]);
  const handed = passes.get(key) ?? new Handed();
  passes.set(key, handed);
  return handed;
}

function* told({ path, pass, run, n }: FactOf<"seen">, sequence: number, handed: Handed) {
  const before = handed.take(path, sequence);
  if (before === null) return;
  const what = `"${path}" with number ${sequence} after "${before.path}" with number ${before.sequence}`;
  yield { problem: `pass ${pass} was handed ${what}`, run, fact: n };
}
