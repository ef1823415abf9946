import type { Operation, Plan, PlannedRun } from "../members/member-config.ts";
import { canonicalPrograms } from "../programs/canonical.ts";
import { generateProgram } from "../programs/generate.ts";
import type { NamedProgram } from "../programs/program.ts";
import { SeededRandom } from "../programs/random.ts";

const OPERATIONS: readonly Operation[] = ["pause", "wake", "cancel", "cancel-compensate"];

/** What is done to a crew is drawn from another stream than what it has to do. */
export const HARM_STREAM = 1;

/** A seed for each round, from a first one on. */
export function* roundSeeds(seed: number): Iterable<number> {
  for (let round = seed; ; round++) yield round;
}

/** Random programs, `runs` of them; an operator acts on some. */
export function randomPlan(seed: number, runs: number): Plan {
  const random = new SeededRandom(seed);
  return {
    seed,
    runs: Array.from({ length: runs }, (_, index) => {
      const program = generateProgram(random, `random-${index}`);
      const operation = random.chance(0.15) ? random.pick(OPERATIONS) : null;
      return planned(program, operation);
    }),
  };
}

/** One run of each of these programs. */
export function planOf(programs: readonly NamedProgram[] = canonicalPrograms): Plan {
  return { seed: 0, runs: programs.map((program) => planned(program, null)) };
}

function planned(program: NamedProgram, operation: Operation | null): PlannedRun {
  return { ...program, workflowId: program.name, operation };
}
