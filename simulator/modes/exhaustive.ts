import { canonicalPrograms } from "../program/canonical-programs.ts";
import { CALL_FAULTS, type CallFault, type PlannedFault } from "../world/fault.ts";
import type { WorldRun } from "../world/run-scenario.ts";
import type { Scenario } from "../world/scenario.ts";
import type { SentCall } from "../world/wire.ts";
import { canonicalScenario } from "./canonical-scenario.ts";
import { judge } from "./judge.ts";
import type { Mode } from "./mode.ts";
import { Tally } from "./tally.ts";

/** Other names of `not-applied`: they would play the same worlds again. */
const SAME: ReadonlySet<CallFault> = new Set(["serialization", "disk-full", "pool-exhausted"]);

/** What the calls of a process can meet alone: for a host everything, for a client, which does not die, F3 to F5. */
const FAULTS: Readonly<Record<string, readonly CallFault[]>> = {
  "host-0": CALL_FAULTS.filter((fault) => !SAME.has(fault)),
  client: ["not-applied", "answer-lost", "late"],
};

/** The first fault of a pair: F1 to F5, both deaths and errors. */
const FIRST_FAULTS: readonly CallFault[] = [
  "crash-before",
  "crash-after",
  "crash-late",
  "not-applied",
  "answer-lost",
  "late",
];

/** Programs with more calls than this are left out of the pairs: there would be too many. */
const CALLS_OF_PAIRS = 25;
/** Of pairs, the second fault is one of these: the first run into its own recovery. */
const SECOND_FAULTS: readonly CallFault[] = ["crash-before", "crash-after", "answer-lost"];

const programs = canonicalPrograms();

/** Every call of the storage that is made for a canonical program, with every fault. */
export const single: Mode = {
  name: "single",
  title: "every canonical program × every call of the storage × every fault",
  cases: programs.length,
  scenario: scenarioOf,
  async play(id) {
    const tally = new Tally(id);
    const { number, plan } = parse(id);
    if (plan !== null) return playOne(tally, number, plan);
    const { world } = await playInto(tally, number, []);
    for (const { process, call } of callsInUse(world)) {
      for (const fault of FAULTS[process] ?? []) await playInto(tally, number, [{ process, call, fault }]);
    }
    return tally.report;
  },
};

/** Every pair of faults of the small ones: a fault, and another one in each call of the recovery from it. */
export const double: Mode = {
  name: "double",
  title: "small canonical programs × every call × F1 to F5 × a second fault in each later call",
  cases: programs.length,
  scenario: scenarioOf,
  async play(id) {
    const tally = new Tally(id);
    const { number, plan } = parse(id);
    if (plan !== null) return playOne(tally, number, plan);
    const { world } = await playInto(tally, number, []);
    const calls = callsInUse(world).filter(isOfHost);
    if (calls.length > CALLS_OF_PAIRS) return tally.report;
    for (const { process, call } of calls) {
      for (const fault of FIRST_FAULTS) await playPairs(tally, number, { process, call, fault });
    }
    return tally.report;
  },
};

async function playPairs(tally: Tally, number: number, first: PlannedFault): Promise<void> {
  const { world } = await playInto(tally, number, [first]);
  for (const { process, call } of callsInUse(world).filter(isOfHost)) {
    if (call <= first.call) continue;
    for (const fault of SECOND_FAULTS) await playInto(tally, number, [first, { process, call, fault }]);
  }
}

async function playOne(
  tally: Tally,
  number: number,
  plan: readonly PlannedFault[],
): Promise<Tally["report"]> {
  await playInto(tally, number, plan);
  return tally.report;
}

async function playInto(
  tally: Tally,
  number: number,
  plan: readonly PlannedFault[],
): Promise<{ readonly world: WorldRun }> {
  const program = programs[number];
  if (program === undefined)
    throw new RangeError(`There are ${programs.length} canonical programs; got ${number}.`);
  const judged = await judge({ ...canonicalScenario(program, number), plan });
  tally.add(judged, format(number, plan));
  return judged;
}

function scenarioOf(id: string): Scenario {
  const { number, plan } = parse(id);
  const program = programs[number];
  if (program === undefined)
    throw new RangeError(`Canonical programs are numbered from 0 to ${programs.length - 1}; got "${id}".`);
  return { ...canonicalScenario(program, number), plan: plan ?? [] };
}

/** The calls up to the last thing that happened to the run: looks for work of an idle host teach nothing. */
function callsInUse({ calls, evidence }: WorldRun): readonly SentCall[] {
  const last = evidence.facts.findLast(({ type }) => type === "committed" || type === "call-ended");
  return calls.filter(({ at }) => at <= (last?.at ?? 0));
}

function isOfHost({ process }: SentCall): boolean {
  return process !== "client";
}

function format(number: number, plan: readonly PlannedFault[]): string {
  return [number, ...plan.map(({ process, call, fault }) => `${process}:${call}:${fault}`)].join("/");
}

function parse(id: string): { readonly number: number; readonly plan: readonly PlannedFault[] | null } {
  const [number = "", ...faults] = id.split("/");
  const plan = faults.map((text): PlannedFault => {
    const [process = "", call = "", fault = ""] = text.split(":");
    return { process, call: Number(call), fault: fault as CallFault };
  });
  return { number: Number(number), plan: plan.length === 0 ? null : plan };
}
