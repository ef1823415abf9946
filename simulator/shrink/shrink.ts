import { type Judged, judge } from "../modes/judge.ts";
import type { Scenario } from "../world/scenario.ts";
import type { WorldOptions } from "../world/world.ts";
import { smallerScenarios } from "./reduce-scenario.ts";

export interface Shrunk {
  readonly scenario: Scenario;
  /** What is wrong in it. */
  readonly problem: string;
  /** Worlds that were played to find it. */
  readonly worlds: number;
}

export interface ShrinkOptions extends WorldOptions {
  /** The invariant that has to stay violated. */
  readonly invariant: string;
  /** Worlds that may be played. @default 2,000 */
  readonly budget?: number;
}

/**
 * The smallest scenario that still violates the invariant, as far as leaving out one thing after the other leads; null when the
 * scenario does not violate it. Idea: delta debugging (Zeller).
 */
export async function shrink(scenario: Scenario, options: ShrinkOptions): Promise<Shrunk | null> {
  const { invariant, budget = 2_000 } = options;
  let worlds = 0;
  const play = async (
    candidate: Scenario,
  ): Promise<{ readonly judged: Judged; readonly problem: string } | null> => {
    worlds++;
    const judged = await judge(candidate, options);
    const finding = judged.findings.find((each) => each.invariant === invariant);
    return finding === undefined ? null : { judged, problem: finding.problem };
  };
  const first = await play(scenario);
  if (first === null) return null;
  let smallest = scenario;
  let { problem } = first;
  // Faults that were drawn become a plan, so that they can be left out one by one.
  const planned = { ...scenario, rates: hintsOnly(scenario), plan: first.judged.world.faults };
  const again = await play(planned);
  if (again !== null) smallest = planned;
  for (let found = true; found && worlds < budget; ) {
    found = false;
    for (const candidate of smallerScenarios(smallest)) {
      if (worlds >= budget) break;
      const played = await play(candidate);
      if (played === null) continue;
      smallest = candidate;
      problem = played.problem;
      found = true;
      break;
    }
  }
  return { scenario: smallest, problem, worlds };
}

/** Faults of hints and damage are not of calls: they stay drawn. */
function hintsOnly({ rates }: Scenario): Scenario["rates"] {
  const { "hint-lost": lost = 0, "hint-late": late = 0, "hint-false": foreign = 0, corruption = 0 } = rates;
  return { "hint-lost": lost, "hint-late": late, "hint-false": foreign, corruption };
}
