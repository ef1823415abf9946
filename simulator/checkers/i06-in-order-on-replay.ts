import type { Evidence } from "../evidence/evidence.ts";
import { commitBefore, type Life } from "../evidence/lives.ts";
import { codeChangesBefore, programOf } from "../evidence/programs.ts";
import { resultSeen } from "../evidence/results-seen.ts";
import { checkerOf } from "./checker-of.ts";

/** What a pass was handed last. */
interface Handed {
  readonly path: string;
  readonly sequence: number;
}

/**
 * Where nothing but replays can change the order: other code may ask in another one, what a deploy has pinned is told in the turn in which
 * the older code went past it, and what followed a failure that was recovered is owed by nobody.
 */
export const inOrderOnReplay = checkerOf(
  "I6",
  "workflow code is handed what is committed in the order of its numbers, in the pass that committed it and in all replays",
  function* (evidence) {
    const last = new Map<string, Handed>();
    for (const seen of evidence.facts) {
      if (seen.type !== "seen" || seen.operation === "version") continue;
      const { run, path, pass, n } = seen;
      const result = resultSeen(evidence, seen);
      if (result === null || codeChangesBefore(evidence, run, pass) > 0) continue;
      const { life, sequence } = result;
      if (isCopyOfOtherCode(evidence, life) || (commitBefore(life, n)?.generation ?? 0) > 0) continue;
      const key = JSON.stringify([run, pass]);
      const before = last.get(key);
      last.set(key, { path, sequence });
      if (before === undefined || before.sequence <= sequence) continue;
      const what = `"${path}" with number ${sequence} after "${before.path}" with number ${before.sequence}`;
      yield { problem: `pass ${pass} was handed ${what}`, run, fact: n };
    }
  },
);

/** A fork may have been given results of another version. */
function isCopyOfOtherCode(evidence: Evidence, life: Life): boolean {
  return programOf(evidence, life)?.newer !== undefined && (life.commits[0]?.entries.length ?? 0) > 0;
}
