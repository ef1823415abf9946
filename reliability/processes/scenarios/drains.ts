import { deploys } from "../harms/deploys.ts";
import { drains } from "../harms/drains.ts";
import { canonicalPrograms } from "../programs/canonical.ts";
import type { NamedProgram, Node } from "../programs/program.ts";
import { SeededRandom } from "../programs/random.ts";
import { outsiders, workerNames, workers } from "./crews.ts";
import { HARM_STREAM, planOf, randomPlan, roundSeeds } from "./plans.ts";
import type { Scenario } from "./scenario.ts";

const MEAN_MS = 300;
/** In one round. */
const MOST = { short: 3, long: 30 } as const;
const RUNS = { short: 5, long: 24 } as const;
/** So long that none is lost on a slow machine: then nothing may start twice. */
const CALM_LEASE_MS = 60_000;

function draining(twice: boolean, about: Pick<Scenario, "id" | "title" | "amount">): Scenario {
  return {
    ...about,
    counted: "drains",
    *plays({ seed, form }) {
      for (const round of roundSeeds(seed)) {
        const rhythm = { random: new SeededRandom(round, HARM_STREAM), meanMs: MEAN_MS, most: MOST[form] };
        yield {
          plan: randomPlan(round, RUNS[form]),
          members: [...workers(2, { leaseMs: CALM_LEASE_MS }), ...outsiders(1)],
          harm: drains(workerNames(2), rhythm, { twice }),
          calm: !twice,
        };
      }
    },
  };
}

const DEPLOYS = { short: 1, long: 4 } as const;

/** Programs that go on for a while, with places that newer code has and older code has not. */
const gated: readonly NamedProgram[] = [
  ...canonicalPrograms,
  ...["early", "late"].map((name, index): NamedProgram => {
    const gate: Node = { kind: "gate", name: "gate" };
    const wait: Node = { kind: "sleep", name: "wait", ms: 400 * (index + 1) };
    const loop: Node = {
      kind: "loop",
      name: "loop",
      iterations: 4,
      body: [wait, gate, { kind: "step", name: "do" }],
    };
    return { name: `gates-${name}`, ends: "completed", program: index === 0 ? [gate, loop] : [loop, gate] };
  }),
];

const deploying: Scenario = {
  id: "deploys",
  title: "rolling deploys of newer and older code, worker after worker",
  counted: "drains",
  amount: { short: 2, long: 60 },
  *plays({ seed, form }) {
    for (const round of roundSeeds(seed)) {
      const work = { leaseMs: 5_000 };
      const plan = { ...planOf(gated), seed: round };
      const harm = deploys(workerNames(2), { work, times: DEPLOYS[form] });
      yield { plan, members: [...workers(2, work), ...outsiders(1)], harm };
    }
  },
};

/** K4 and K8. */
export const drainScenarios: readonly Scenario[] = [
  draining(false, {
    id: "drains",
    title: "SIGTERM while steps run: they finish, nothing runs twice",
    amount: { short: 4, long: 100 },
  }),
  draining(true, {
    id: "double-drains",
    title: "SIGTERM twice: steps are stopped at once",
    amount: { short: 4, long: 100 },
  }),
  deploying,
];
