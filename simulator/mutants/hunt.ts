import { parseArgs } from "node:util";
import { modeNamed } from "../modes/all.ts";
import type { CaseReport, Mode } from "../modes/mode.ts";
import { numberedSeed, Prng } from "../random/prng.ts";
import type { Hunt } from "./hunt-report.ts";

/**
 * A hunt in a process of its own, started with `--import install.ts` for a mutant and without it for the library as it is:
 * plays the modes one after the other until an invariant speaks, and prints what was found.
 */

const { values } = parseArgs({
  options: { id: { type: "string" }, modes: { type: "string" }, worlds: { type: "string" } },
});

/** The cases of a mode in an order that is the same each time: numbered seeds, or all cases shuffled. */
function* casesOf(mode: Mode): Generator<string> {
  if (mode.cases === null) for (let n = 0; ; n++) yield numberedSeed(n);
  const numbers = Array.from({ length: mode.cases }, (_, n) => String(n));
  yield* new Prng(numberedSeed(0), `mutants ${mode.name}`).shuffle(numbers);
}

/** Why a mode could not play a case, or what it found. */
async function play(mode: Mode, id: string): Promise<CaseReport | string> {
  try {
    return await mode.play(id);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

async function hunt(id: string, modes: readonly Mode[], budget: number): Promise<Hunt> {
  const began = performance.now();
  const effort = { cases: 0, worlds: 0, broken: [] as string[] };
  const told = (found: Hunt["found"]): Hunt => ({
    id,
    found,
    ...effort,
    milliseconds: Math.round(performance.now() - began),
  });
  for (const mode of modes) {
    const before = effort.worlds;
    for (const seed of casesOf(mode)) {
      if (effort.worlds - before >= budget) break;
      const report = await play(mode, seed);
      effort.cases++;
      effort.worlds += typeof report === "string" ? 1 : report.worlds;
      if (typeof report === "string") effort.broken.push(`${mode.name} ${seed}: ${report}`);
      else if (report.problems[0] !== undefined) {
        const { invariant, problem, replay } = report.problems[0];
        return told({ mode: mode.name, invariant, problem, replay });
      }
    }
  }
  return told(null);
}

const modes = (values.modes ?? "soup").split(",").map(modeNamed);
process.stdout.write(JSON.stringify(await hunt(values.id ?? "", modes, Number(values.worlds ?? 300))));
process.exit(0);
