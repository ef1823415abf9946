import { generateBare } from "../generate/generate-bare.ts";
import { generateScenario, type Weather } from "../generate/generate-scenario.ts";
import type { Scenario } from "../world/scenario.ts";
import { judge } from "./judge.ts";
import type { Mode } from "./mode.ts";
import { Tally } from "./tally.ts";

/** One seed in so many is played twice: it must give the same trace. */
const TWICE_IN = 100;

/** A mode that plays the scenario that each seed gives. */
function seeded(name: string, scenarioOf: (seed: string) => Scenario, title: string): Mode {
  return {
    name,
    title,
    cases: null,
    scenario: scenarioOf,
    async play(seed) {
      const tally = new Tally(seed);
      const scenario = scenarioOf(seed);
      const judged = await judge(scenario);
      tally.add(judged);
      const unheard = withoutHearers(scenario);
      if (unheard !== null) {
        const again = await judge(unheard);
        tally.add(again);
        if (again.world.digest() !== judged.world.digest())
          tally.complain([
            {
              invariant: "listeners",
              problem: "whoever listened has changed something",
              run: null,
              fact: null,
            },
          ]);
      }
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

/** The same world without anybody who listens; null where nobody does, or where what they are told takes time to decode. */
function withoutHearers(scenario: Scenario): Scenario | null {
  const { hosts } = scenario;
  if (hosts.every(({ hearers }) => hearers === undefined || hearers.snapshots)) return null;
  return { ...scenario, hosts: hosts.map(({ hearers: _, ...host }) => host) };
}

/** A world in some weather. */
const within =
  (weather: Weather) =>
  (seed: string): Scenario =>
    generateScenario(seed, weather);

export const soup: Mode = seeded("soup", within("soup"), "random programs, faults and incidents");
export const liveness: Mode = seeded(
  "liveness",
  within("storm"),
  "a storm of faults ends; everything must come to its end",
);
export const upgrade: Mode = seeded(
  "upgrade",
  within("upgrade"),
  "runs of older code are finished by newer code, and back",
);
export const handles: Mode = seeded(
  "handles",
  generateBare,
  "random programs without a host, with faults and incidents, and what their handles can do",
);
