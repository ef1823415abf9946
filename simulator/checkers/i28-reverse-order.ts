import { entryAt, type Life, livesOf } from "../evidence/lives.ts";
import { type Start, startsOf } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

export const reverseOrder = checkerOf(
  "I28",
  "steps are undone in strictly reverse order of their commit",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      let last = Number.POSITIVE_INFINITY;
      for (const { entries, record, fact, resets, batch } of life.commits) {
        // A fork is born with what was undone before.
        if (batch === null) continue;
        if (resets || record.status !== "rolling_back") last = Number.POSITIVE_INFINITY;
        const undone = entries.filter(
          ({ before, after }) => after?.compensation?.done === true && before?.compensation?.done !== true,
        );
        if (undone.length > 1)
          yield { problem: `${undone.length} steps were undone by one commit`, run: life.run, fact };
        for (const { path, after } of undone) {
          const sequence = after?.sequence ?? 0;
          if (sequence >= last) {
            const problem = `the step at "${path}" (${sequence}) was undone after that of number ${last}`;
            yield { problem, run: life.run, fact };
          }
          last = sequence;
        }
      }
    }
    for (const start of startsOf(evidence)) {
      const later = start.began.role === "handler" && start.held ? laterArmed(start.life, start) : null;
      if (later === null) continue;
      const problem = `the handler of "${start.began.path}" started before that of "${later}"`;
      yield { problem, run: start.began.run, fact: start.began.n };
    }
  },
);

/** A step that was committed later and is still to be undone. */
function laterArmed(life: Life, { began }: Start): string | null {
  const mine = entryAt(life, began.path, began.n)?.sequence ?? 0;
  for (const path of life.versions.keys()) {
    const entry = entryAt(life, path, began.n);
    if (entry?.armed === true && entry.compensation?.done !== true && entry.sequence > mine) return path;
  }
  return null;
}
