import { BAD_NAMES, refuses } from "./laws/argument-laws.ts";
import { becomesOther, replacesOther } from "./laws/divergence-laws.ts";
import type { LawCase } from "./laws/law.ts";
import { type PrimitiveSample, SITES } from "./laws/primitive-sample.ts";
import { asksTooLate, losesRace } from "./laws/race-laws.ts";
import { crashes, replays } from "./laws/replay-laws.ts";
import { rollsBackAround, rollsBackInside } from "./laws/rollback-laws.ts";
import { afterBlock, duplicate, insideBody, otherScope } from "./laws/scope-laws.ts";

/**
 * What every primitive keeps: the same result on replay; a crash before or after any storage operation changes nothing;
 * the wrong kind at its place diverges; a name is used once in a scope; a lost race leaves it behind; a rollback goes
 * past it in order; contexts and names are checked. Each primitive's test applies them, then adds its own cases.
 */
export function primitiveLaws(sample: PrimitiveSample): readonly LawCase[] {
  const {
    kind,
    what: operation = kind,
    lasting,
    compensable,
    unrecorded = false,
    repeatable = false,
  } = sample;
  const laws: (LawCase | null)[] = [
    {
      name: `a ${operation} gives the same on every replay, which writes nothing`,
      run: () => replays(sample),
    },
    ...SITES.map(({ where, enter }) => ({
      name: `a ${operation} ${where} ends the same, whatever storage operation a crash comes before or after`,
      run: () => crashes(sample, enter),
    })),
    unrecorded
      ? null
      : { name: `where a ${operation} is recorded, another kind diverges`, run: () => becomesOther(sample) },
    { name: `where another kind is recorded, a ${operation} diverges`, run: () => replacesOther(sample) },
    repeatable
      ? null
      : { name: `a ${operation} whose name was used in its scope is refused`, run: () => duplicate(sample) },
    repeatable
      ? null
      : { name: `a ${operation} may have a name that another scope has used`, run: () => otherScope(sample) },
    lasting === undefined
      ? null
      : {
          name: `a ${operation} in a branch that lost its race is left behind`,
          run: () => losesRace(sample, lasting),
        },
    {
      name: `a ${operation} asked for by code that was left behind never settles`,
      run: () => asksTooLate(sample),
    },
    { name: `a rollback goes past a ${operation} in strict order`, run: () => rollsBackAround(sample) },
    compensable === undefined
      ? null
      : {
          name: `steps inside a ${operation} are compensated in order`,
          run: () => rollsBackInside(sample, compensable),
        },
    { name: `a ${operation} inside a step body is refused`, run: () => insideBody(sample) },
    { name: `a ${operation} in a block that has ended is refused`, run: () => afterBlock(sample) },
    ...BAD_NAMES.map(({ what, value, code }) => ({
      name: `a ${operation} whose name is ${what} is refused, and nothing is written`,
      run: () => refuses((ctx) => sample.perform(ctx, value as string), { code, messages: sample.messages }),
    })),
  ];
  return laws.filter((law) => law !== null);
}
