import type { Entry } from "#holdfast/history/entry.ts";
import { livesOf } from "../evidence/lives.ts";
import { checkerOf, sameBytes } from "./checker-of.ts";

/** An operator's reset takes results away; whatever it leaves is as before. */
export const oneResult = checkerOf(
  "I1",
  "each location has at most one committed result, and its bytes never change",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      const settled = new Set<string>();
      for (const { fact, entries, resets } of life.commits) {
        for (const { path, before, after } of entries) {
          const at = { run: life.run, fact };
          const wasSettled = before !== null && before.status !== "pending";
          const isSettled = after !== null && after.status !== "pending";
          if (resets && !isSettled) takeBack(settled, path);
          else if (wasSettled && after !== null && !isSettled)
            yield { problem: `the committed result at "${path}" was taken back by no operator`, ...at };
          else if (wasSettled && isSettled && differs(before, after))
            yield { problem: `the committed result at "${path}" was changed`, ...at };
          else if (!wasSettled && isSettled) {
            if (settled.has(path)) yield { problem: `a second result was committed at "${path}"`, ...at };
            settled.add(path);
          }
        }
      }
    }
  },
);

/** With a block goes what it had pruned. */
function takeBack(settled: Set<string>, path: string): void {
  settled.delete(path);
  for (const inside of settled) if (inside.startsWith(`${path}/`)) settled.delete(inside);
}

/** What becomes of the compensation, and a handler that a deploy adds, are no part of the result. */
function differs(a: Entry, b: Entry): boolean {
  return (
    a.kind !== b.kind ||
    a.status !== b.status ||
    a.sequence !== b.sequence ||
    a.createdAt !== b.createdAt ||
    a.settledAt !== b.settledAt ||
    a.count !== b.count ||
    (a.armed && !b.armed) ||
    !sameBytes(a.result, b.result)
  );
}
