import { zombies } from "../harms/zombies.ts";
import { SeededRandom } from "../programs/random.ts";
import { outsiders, workerNames, workers } from "./crews.ts";
import { HARM_STREAM, randomPlan, roundSeeds } from "./plans.ts";
import type { Scenario } from "./scenario.ts";

const LEASE_MS = 600;
const MEAN_MS = 100;
const WORKERS = 3;
/** In one round. */
const MOST = { short: 2, long: 15 } as const;
const RUNS = { short: 6, long: 24 } as const;

/** K3. */
export const zombieScenario: Scenario = {
  id: "zombies",
  title: "SIGSTOP at random times, until others have taken over, then SIGCONT",
  counted: "zombies",
  amount: { short: 3, long: 100 },
  *plays({ seed, form }) {
    for (const round of roundSeeds(seed)) {
      const rhythm = { random: new SeededRandom(round, HARM_STREAM), meanMs: MEAN_MS, most: MOST[form] };
      yield {
        plan: randomPlan(round, RUNS[form]),
        members: [...workers(WORKERS, { leaseMs: LEASE_MS }), ...outsiders(1)],
        harm: zombies(workerNames(WORKERS), LEASE_MS, rhythm),
      };
    }
  },
};
