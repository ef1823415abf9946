import { FAULTS, type Fault } from "#holdfast/testing/crash-driver.ts";
import { crashEverywhere } from "#holdfast/testing/crash-everywhere.ts";
import { CrashTestError } from "#holdfast/testing/crash-test-error.ts";
import { bareProgram } from "../bare/bare-program.ts";
import { generateScenario } from "../generate/generate-scenario.ts";
import { Prng } from "../random/prng.ts";
import type { CaseReport, Mode } from "./mode.ts";

/** Faults that a seed plays, of all that a driver can have. */
const FAULTS_OF_A_SEED = 2;

/** The engine without a host: a random program, and every operation of its driver with some of the faults. */
export const bare: Mode = {
  name: "bare",
  title: "a random program without a host × every operation of its driver × a few faults",
  cases: null,
  scenario: (seed) => generateScenario(seed, "soup"),
  async play(seed) {
    const [program] = this.scenario(seed).programs;
    let facts = 0;
    let worlds = 0;
    const faults: Record<string, number> = {};
    const report = (problem?: string): CaseReport => ({
      id: seed,
      worlds,
      events: facts,
      facts,
      faults,
      coverage: {},
      problems:
        problem === undefined ? [] : [{ invariant: "bare", problem, run: null, fact: null, replay: seed }],
    });
    if (program === undefined) return report();
    const tested = bareProgram(program, seed, () => facts++);
    try {
      for (const fault of faultsOf(seed)) {
        const { cases } = await crashEverywhere(tested, { faults: [fault] });
        faults[fault] = cases;
        worlds += cases;
      }
    } catch (error) {
      if (!(error instanceof CrashTestError)) throw error;
      return report(error.message);
    }
    return report();
  },
};

function faultsOf(seed: string): readonly Fault[] {
  const prng = new Prng(seed, "faults");
  const left = [...FAULTS];
  return Array.from({ length: FAULTS_OF_A_SEED }, () => left.splice(prng.int(left.length), 1)).flat();
}
