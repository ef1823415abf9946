import { parseArgs } from "node:util";
import { modeNamed } from "../modes/all.ts";
import type { CaseReport, Mode } from "../modes/mode.ts";
import { canonicalPrograms } from "../program/canonical-programs.ts";
import { numberedSeed, Prng } from "../random/prng.ts";
import { CALL_FAULTS, type CallFault } from "../world/fault.ts";
import type { Hunt } from "./hunt-report.ts";

/**
 * A hunt in a process of its own, started with `--import install.ts` for a mutant and without it for the library as it is:
 * plays the modes one after the other until an invariant speaks, and prints what was found.
 */

const { values } = parseArgs({
  options: {
    id: { type: "string", default: "" },
    modes: { type: "string", default: "soup" },
    worlds: { type: "string", default: "300" },
    about: { type: "string", default: "" },
  },
});

/** Calls of the host of a canonical world, at most: what is drawn beyond its last call is a world without a fault. */
const HOST_CALLS = 20;
const CLIENT_CALLS = 12;
const CLIENT_FAULTS: readonly CallFault[] = ["not-applied", "answer-lost", "late"];

/** Ids of worlds in an order that is the same each time: numbered seeds, or canonical programs with one fault each. */
function* worldsOf(mode: Mode): Generator<string> {
  if (mode.cases === null) for (let n = 0; ; n++) yield numberedSeed(n);
  const random = new Prng(numberedSeed(0), `mutants ${mode.name}`);
  const names = canonicalPrograms().map(({ name }) => name);
  const programs = [...names.keys()].filter((n) => names[n]?.includes(values.about));
  if (programs.length === 0) throw new RangeError(`No canonical program is about "${values.about}".`);
  for (;;) {
    for (const program of random.shuffle(programs)) yield `${program}/${faultOf(random)}`;
  }
}

function faultOf(random: Prng): string {
  if (random.chance(0.8)) return `host-0:${random.between(1, HOST_CALLS)}:${random.pick(CALL_FAULTS)}`;
  return `client:${random.between(1, CLIENT_CALLS)}:${random.pick(CLIENT_FAULTS)}`;
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
    for (const seed of worldsOf(mode)) {
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

const modes = values.modes.split(",").map(modeNamed);
process.stdout.write(JSON.stringify(await hunt(values.id, modes, Number(values.worlds))));
process.exit(0);
