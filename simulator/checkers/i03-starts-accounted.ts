import { hadReason, repeats } from "../evidence/repeats.ts";
import { startsByPlace } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

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
        else if (before.began.atMostOnce && again.began.atMostOnce)
          yield { problem: `${what}, though it is at most once`, run, fact };
        else if (!hadReason(evidence, before, again))
          yield { problem: `${what}, though nothing had stopped the start before`, run, fact };
      }
    }
  },
);
