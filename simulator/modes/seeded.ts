import { generateScenario, type Weather } from "../generate/generate-scenario.ts";
import { judge } from "./judge.ts";
import type { Mode } from "./mode.ts";
import { Tally } from "./tally.ts";

/** One seed in so many is played twice: it must give the same trace. */
const TWICE_IN = 100;

/** A mode that plays the scenario that each seed gives in some weather. */
function seeded(name: string, weather: Weather, title: string): Mode {
  return {
    name,
    title,
    cases: null,
    scenario: (seed) => generateScenario(seed, weather),
    async play(seed) {
      const tally = new Tally(seed);
      const scenario = generateScenario(seed, weather);
      const judged = await judge(scenario);
      tally.add(judged);
      if (Number.parseInt(seed.slice(0, 8), 16) % TWICE_IN === 0) {
        const again = await judge(scenario);
        tally.add(again);
        if (again.world.digest() !== judged.world.digest())
          tally.complain([
            { invariant: "determinism", problem: "the same seed gave another trace", run: null, fact: null },
          ]);
      }
      return tally.report;
    },
  };
}

export const soup: Mode = seeded("soup", "soup", "random programs, faults and incidents");
export const liveness: Mode = seeded(
  "liveness",
  "storm",
  "a storm of faults ends; everything must come to its end",
);
export const upgrade: Mode = seeded(
  "upgrade",
  "upgrade",
  "runs of older code are finished by newer code, and back",
);
