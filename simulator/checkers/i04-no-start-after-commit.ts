import type { Entry } from "#holdfast/history/entry.ts";
import type { Life } from "../evidence/lives.ts";
import { startsOf } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

export const noStartAfterCommit = checkerOf(
  "I4",
  "a body whose result is committed never starts again",
  function* (evidence) {
    for (const { began, life, held } of startsOf(evidence)) {
      if (began.role !== "body" || !held) continue;
      const result = committedBefore(life, began.path, began.n);
      if (result === null) continue;
      const problem = `the body at "${began.path}" started, though its result ${result.sequence} was committed`;
      yield { problem, run: began.run, fact: began.n };
    }
  },
);

/** The result that was committed at the path and that no operator took back, whether it was pruned since or not. */
function committedBefore(life: Life, path: string, n: number): Entry | null {
  let result: Entry | null = null;
  for (const { fact, entry, resets } of life.versions.get(path) ?? []) {
    if (fact >= n) break;
    if (entry !== null && entry.status !== "pending") result = entry;
    else if (resets) result = null;
  }
  return result;
}
