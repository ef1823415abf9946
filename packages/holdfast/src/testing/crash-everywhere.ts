import { checkBoolean, checkName, checkWords } from "../model/check.ts";
import { checkGiven, type OptionNames, optionNames } from "../model/option-names.ts";
import { definitionOf } from "../model/workflow.ts";
import { FAULTS, type Fault, type PlannedFault } from "./crash-driver.ts";
import type { CrashProgram } from "./crash-program.ts";
import { CrashTester } from "./crash-tester.ts";

/** Options of `crashEverywhere`. */
export interface CrashOptions {
  /** @default both, one after the other */
  readonly modes?: readonly ("yield" | "live")[];
  /** @default crashes before and after every operation */
  readonly faults?: readonly Fault[];
  /** Whether the process that recovers from the first fault meets a second one, at each of its operations. @default false */
  readonly double?: boolean;
}

/** What was tried. */
export interface CrashReport {
  /** Storage operations of the run without faults, per mode. */
  readonly operations: Readonly<Record<string, number>>;
  /** Runs with a fault, each checked. */
  readonly cases: number;
}

/**
 * Runs a program without faults, then again with a fault at each of its storage operations, and checks each time that
 * the run comes to the same end, that no committed body or handler starts again, that messages are consumed once, that
 * handlers run in reverse order of commit, that nothing is left behind, and that replaying the end writes nothing. A
 * workflow that is not deterministic is found by its other end. Time is virtual and bodies run many times: pass it fakes.
 *
 * @throws CrashTestError at the first promise that was not kept; InvalidArgumentError
 *
 * @example
 * await crashEverywhere({ name: "order", workflow: order, input: { orderId: "1" } });
 */
export async function crashEverywhere(
  program: CrashProgram,
  options: CrashOptions = {},
): Promise<CrashReport> {
  checkProgram(program, options);
  const { modes = ["yield", "live"], faults = ["crash-before", "crash-after"], double = false } = options;
  const operations: Record<string, number> = {};
  let cases = 0;
  for (const mode of modes) {
    const tester = new CrashTester({ ...program, mode });
    const reference = await tester.reference();
    operations[mode] = reference.operations;
    for (let operation = 1; operation <= reference.operations; operation++) {
      for (const fault of faults) {
        const first: PlannedFault = { operation, fault };
        const recovery = await tester.check(reference, [[first]]);
        cases += 1;
        if (!double) continue;
        for (let next = 1; next <= recovery; next++) {
          for (const again of faults) {
            await tester.check(reference, [[first], [{ operation: next, fault: again }]]);
            cases += 1;
          }
        }
      }
    }
  }
  return { operations, cases };
}

/** @throws InvalidArgumentError */
function checkProgram(program: CrashProgram, options: CrashOptions): void {
  checkGiven(program, "The program of crashEverywhere", PROGRAM);
  checkName(program.name, "The name of the program");
  definitionOf(program.workflow);
  checkGiven(options, "The options of crashEverywhere", OPTIONS);
  const { modes = [], faults = [], double = false } = options;
  checkWords(modes, "modes", ["yield", "live"]);
  checkWords(faults, "faults", FAULTS);
  checkBoolean(double, "double");
}

const PROGRAM: OptionNames = optionNames<CrashProgram>({
  name: true,
  workflow: true,
  input: true,
  messages: true,
  codec: true,
  limits: true,
  through: true,
  alsoAllowed: true,
  sameEffects: true,
});
const OPTIONS: OptionNames = optionNames<CrashOptions>({ modes: true, faults: true, double: true });
