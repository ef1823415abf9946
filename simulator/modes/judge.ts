import { CorruptionError } from "#holdfast/model/errors/history-errors.ts";
import { CHECKERS } from "../checkers/all.ts";
import type { Checker, Violation } from "../checkers/checker.ts";
import type { Evidence } from "../evidence/evidence.ts";
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
  const findings = CHECKERS.flatMap((checker) =>
    violationsOf(checker, world.evidence).map((violation) => ({ ...violation, invariant: checker.id })),
  );
  return { world, findings };
}

/** What was committed must be readable: where a checker meets something else, that is a violation too. */
function violationsOf({ check }: Checker, evidence: Evidence): readonly Violation[] {
  try {
    return check(evidence);
  } catch (error) {
    if (!CorruptionError.is(error)) throw error;
    return [
      { problem: `something that was committed cannot be read: ${error.message}`, run: null, fact: null },
    ];
  }
}
