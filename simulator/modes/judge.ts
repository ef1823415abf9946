import { CHECKERS } from "../checkers/all.ts";
import type { Violation } from "../checkers/checker.ts";
import { runScenario, type WorldRun } from "../world/run-scenario.ts";
import type { Scenario } from "../world/scenario.ts";
import type { WorldOptions } from "../world/world.ts";

/** A violation and the invariant that it is one of. */
export interface Finding extends Violation {
  readonly invariant: string;
}

/** A world that has ended, and what is wrong with it. */
export interface Judged {
  readonly world: WorldRun;
  readonly findings: readonly Finding[];
}

/** Plays a scenario and checks every invariant on it. */
export async function judge(scenario: Scenario, options: WorldOptions = {}): Promise<Judged> {
  const world = await runScenario(scenario, options);
  const findings = CHECKERS.flatMap(({ id, check }) =>
    check(world.evidence).map((violation) => ({ ...violation, invariant: id })),
  );
  return { world, findings };
}
