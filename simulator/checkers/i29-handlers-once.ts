import { entryAt } from "../evidence/lives.ts";
import { hadReason, repeats } from "../evidence/repeats.ts";
import { startsByPlace, startsOf } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

export const handlersOnce = checkerOf(
  "I29",
  "a handler whose completion is committed never starts again; before that only after a start that was cut off",
  function* (evidence) {
    for (const { began, held, life } of startsOf(evidence)) {
      if (began.role !== "handler" || !held) continue;
      if (entryAt(life, began.path, began.n)?.compensation?.done !== true) continue;
      yield { problem: `the handler of "${began.path}" started again`, run: began.run, fact: began.n };
    }
    for (const starts of startsByPlace(evidence)) {
      if (starts[0]?.began.role !== "handler") continue;
      for (const [before, again] of repeats(starts)) {
        const { run, path, attempt, n: fact } = again.began;
        const what = `attempt ${attempt} of the handler of "${path}" started again`;
        if (before.holding === again.holding) yield { problem: `${what} under the same claim`, run, fact };
        else if (!hadReason(evidence, before, again))
          yield { problem: `${what}, though nothing had stopped the start before`, run, fact };
      }
    }
  },
);
