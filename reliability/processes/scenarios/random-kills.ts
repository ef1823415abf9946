import { kills } from "../harms/kills.ts";
import { SeededRandom } from "../programs/random.ts";
import { outsiders, workerNames, workers } from "./crews.ts";
import { HARM_STREAM, randomPlan, roundSeeds } from "./plans.ts";
import type { Scenario } from "./scenario.ts";

/** Between two kills, on average. */
const MEAN_MS = 300;
/** In one round. */
const MOST = { short: 8, long: 50 } as const;
const RUNS = { short: 6, long: 24 } as const;

function killing(count: number, amount: Scenario["amount"]): Scenario {
  const victims = [...workerNames(count), "sender-0", "sender-1"];
  return {
    id: `kill-${count}`,
    title: `SIGKILL at random times, ${count} worker${count === 1 ? "" : "s"} on one file`,
    counted: "kills",
    amount,
    *plays({ seed, form }) {
      for (const round of roundSeeds(seed)) {
        const rhythm = { random: new SeededRandom(round, HARM_STREAM), meanMs: MEAN_MS, most: MOST[form] };
        yield {
          plan: randomPlan(round, RUNS[form]),
          members: [...workers(count), ...outsiders(2)],
          harm: kills(victims, rhythm),
        };
      }
    },
  };
}

/** K1. */
export const randomKillScenarios: readonly Scenario[] = [
  killing(1, { short: 6, long: 350 }),
  killing(2, { short: 6, long: 350 }),
  killing(4, { short: 6, long: 300 }),
];
