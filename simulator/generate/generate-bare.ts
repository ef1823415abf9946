import { Prng } from "../random/prng.ts";
import { type FaultRates, LATE_FAULTS } from "../world/fault.ts";
import type { Act, BarePlan, Incident, PlannedHost, Scenario } from "../world/scenario.ts";
import { generateScenario } from "./generate-scenario.ts";

const WATCH_MS = [300, 2_000, 20_000];
/** Deeds that are not those of a handle. */
const OF_STORES: ReadonlySet<Act["does"]["api"]> = new Set(["delete", "start"]);

/** A random world whose runs are bare: one process runs them, and those outside have nothing but their handles. */
export function generateBare(seed: string): Scenario {
  const { rates, hosts, acts, incidents, programs, ...world } = generateScenario(seed, "soup");
  const prng = new Prng(seed, "bare");
  const plan: BarePlan = {
    home: prng.pick(["memory", "namespace"]),
    live: prng.chance(0.5),
    watchMs: prng.pick(WATCH_MS),
  };
  return {
    ...world,
    bare: plan,
    programs,
    hosts: hosts.slice(0, 1).map(onePlatform),
    acts: acts.filter(isMeant(prng.chance(0.5), world.quietAtMs)).map((act) => ({ ...act, by: 0 })),
    incidents: incidents.filter(isOfThePlatform),
    rates: ratesOf(rates, plan),
    storage: "memory",
  };
}

/** Whoever resumes a run in the end has it look: where nobody does, it has to be woken by itself, or stays held. */
function isMeant(resumedInTheEnd: boolean, quietAtMs: number): (act: Act) => boolean {
  return ({ does: { api }, atMs }) =>
    !OF_STORES.has(api) && (resumedInTheEnd || api !== "resume" || atMs <= quietAtMs);
}

/** It holds no leases, so it has room for all runs, and its clock is the storage's. */
function onePlatform({ keepMs: _, ...host }: PlannedHost): PlannedHost {
  return { ...host, concurrency: 1_000, clockRate: 1, clockSkewMs: 0 };
}

function isOfThePlatform({ host, kind }: Incident): boolean {
  return host === 0 && kind !== "clock";
}

/** A namespace that one process uses at a time applies no batch after the process has heard that it failed. */
function ratesOf(rates: FaultRates, { home }: BarePlan): FaultRates {
  const kept = Object.entries(rates).filter(
    ([fault]) => fault !== "corruption" && (home === "memory" || !LATE_FAULTS.has(fault)),
  );
  return Object.fromEntries(kept);
}
