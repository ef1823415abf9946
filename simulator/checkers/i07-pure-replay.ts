import { checkerOf } from "./checker-of.ts";

export const pureReplay = checkerOf(
  "I7",
  "the replay of a run that has nothing new to do writes nothing, starts nothing, and is the same each time",
  function* (evidence) {
    for (const fact of evidence.facts) {
      if (fact.type !== "replayed") continue;
      const { run, first, second, n } = fact;
      for (const [name, trace] of [
        ["first", first],
        ["second", second],
      ] as const) {
        if (trace.writes > 0)
          yield { problem: `the ${name} replay wrote ${trace.writes} times`, run, fact: n };
        if (!trace.same) yield { problem: `the ${name} replay left other bytes`, run, fact: n };
        if (trace.bodies > 0)
          yield { problem: `the ${name} replay started ${trace.bodies} bodies`, run, fact: n };
        if (!trace.rests) yield { problem: `the ${name} replay did not come to rest`, run, fact: n };
      }
      const differs = first.seen.findIndex((line, i) => line !== second.seen[i]);
      if (first.seen.length !== second.seen.length || differs >= 0) {
        const at = differs >= 0 ? differs : Math.min(first.seen.length, second.seen.length);
        const problem = `two replays differ: ${first.seen[at] ?? "nothing"}, then ${second.seen[at] ?? "nothing"}`;
        yield { problem, run, fact: n };
      }
    }
  },
);
