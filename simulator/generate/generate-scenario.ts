import { NASTY_NAMES } from "../program/names.ts";
import type { Program } from "../program/program.ts";
import { Prng } from "../random/prng.ts";
import type { PlannedHost, PlannedRun, Scenario, StorageName } from "../world/scenario.ts";
import { withBodyCalls } from "./body-calls.ts";
import { Swarm } from "./features.ts";
import { generateActs } from "./generate-acts.ts";
import { generateIncidents } from "./generate-incidents.ts";
import { generateProgram } from "./generate-program.ts";
import { generateRates } from "./generate-rates.ts";
import { withLeftOperations } from "./left-operations.ts";
import { withOwnWaits } from "./own-waits.ts";
import { withSilence } from "./silence.ts";
import { smallLimits } from "./small-limits.ts";
import type { Weather } from "./weather.ts";

export type { Weather } from "./weather.ts";

/** How long after the last fault a world goes on, at most: more than all waits and backoffs of a program take. */
const AFTER_QUIET_MS = 300_000;

/** Between two looks of idle hosts: most of what happens in a world is such looks. */
const POLLS_MS = [100, 300, 300, 1_000, 1_000, 1_000, 2_000, 2_000];
/** So many rows and bytes that a wait takes as many messages as it asks for, and a commit next to nothing else. */
const FEW_ROWS = 40;
const FEW_BYTES = 8_000;
/** How long hosts keep runs that have ended. */
const KEPT_MS = [1, 300, 2_000, 10_000];

/** A random world. The same seed and weather give the same scenario. */
export function generateScenario(seed: string, weather: Weather): Scenario {
  const swarm = new Swarm(new Prng(seed, "swarm"), alwaysOn(weather));
  const prng = new Prng(seed, "scenario");
  const count = swarm.has("many-runs") ? prng.between(2, 5) : prng.between(1, 2);
  const messages = messageNames(prng, swarm);
  const programs = generatePrograms(seed, swarm, { messages, runs: count })
    .map(ownWaits(new Prng(seed, "own waits"), weather))
    .map(leftOperations(new Prng(seed, "left operations"), weather))
    .map(bodyCalls(new Prng(seed, "body calls"), weather, { messages, runs: count }));
  const runs = generateRuns(prng, count, programs.length);
  const hosts = generateHosts(prng, swarm)
    .map(withCodec(new Prng(seed, "codec"), weather))
    .map(withHaste(new Prng(seed, "haste"), weather))
    .map(withSmallLimits(new Prng(seed, "small limits"), weather))
    .map(withHearers(new Prng(seed, "hearers"), weather));
  const quietAtMs =
    weather === "calm"
      ? 0
      : prng.pick([
          prng.between(1_000, 12_000),
          prng.between(1_000, 4_000),
          weather === "storm" ? 30_000 : 2_000,
        ]);
  const outside = { programs, runs, hosts, quietAtMs, messages };
  const scenario: Scenario = {
    seed,
    programs,
    runs,
    hosts,
    acts: generateActs(new Prng(seed, "acts"), swarm, outside),
    incidents:
      weather === "calm"
        ? []
        : generateIncidents(new Prng(seed, "incidents"), swarm, { ...outside, weather }),
    storage: storageOf(prng, swarm),
    rates: weather === "calm" ? {} : generateRates(new Prng(seed, "rates"), swarm, weather),
    plan: [],
    quietAtMs,
    endAtMs: quietAtMs + AFTER_QUIET_MS,
    latencyMs: swarm.has("latency") ? prng.pick([1, 5, 40]) : 0,
    ...narrowness(new Prng(seed, "limits"), weather),
    ...schemas(new Prng(seed, "schemas"), weather),
  };
  const silence = new Prng(seed, "silence");
  // Some codecs and schemas never answer.
  return isOdd(silence, weather, 0.06) ? withSilence(scenario, silence) : scenario;
}

/** What a weather is nothing without. */
function alwaysOn(weather: Weather) {
  return weather === "upgrade" ? (["newer-code", "stops", "version"] as const) : [];
}

function messageNames(prng: Prng, swarm: Swarm): readonly string[] {
  const plain = ["order", "paid", "shipped"];
  const names = swarm.has("nasty-names") && prng.chance(0.7) ? prng.shuffle(NASTY_NAMES) : plain;
  return names.slice(0, prng.between(1, 3));
}

function generatePrograms(
  seed: string,
  swarm: Swarm,
  around: { readonly messages: readonly string[]; readonly runs: number },
): Program[] {
  const prng = new Prng(seed, "programs");
  const count = prng.between(1, Math.min(3, around.runs));
  return Array.from({ length: count }, (_, index) =>
    generateProgram(prng, swarm, around, `program-${index}`),
  );
}

function generateRuns(prng: Prng, count: number, programs: number): PlannedRun[] {
  return Array.from({ length: count }, (_, index) => ({
    workflowId: `run-${index}`,
    program: index < programs ? index : prng.int(programs),
    startAtMs: prng.pick([0, 0, prng.int(2_000)]),
  }));
}

function generateHosts(prng: Prng, swarm: Swarm): PlannedHost[] {
  const count = swarm.has("many-hosts") ? prng.between(2, 4) : prng.between(1, 2);
  const skewed = swarm.has("skewed-clocks");
  const keepMs = swarm.chance(prng, "retention", 0.5) ? prng.pick(KEPT_MS) : null;
  return Array.from({ length: count }, () => ({
    version: 1,
    leaseMs: prng.pick([500, 1_000, 2_000, 5_000]),
    pollMs: prng.pick(POLLS_MS),
    concurrency: prng.pick([1, 2, 10]),
    cacheSize: prng.pick([0, 1, 100]),
    clockRate: skewed ? prng.pick([1, 0.98, 1.02]) : 1,
    clockSkewMs: skewed ? prng.pick([0, -5_000, 5_000, 3_600_000]) : 0,
    ...(keepMs === null ? {} : { keepMs }),
  }));
}

/** Whether a world is one of the share in which something is otherwise than usual; a calm one never is. */
function isOdd(prng: Prng, weather: Weather, share: number): boolean {
  return weather !== "calm" && prng.chance(share);
}

/** In some worlds what comes to be stored in one turn takes several commits. */
function narrowness(prng: Prng, weather: Weather): Pick<Scenario, "limits"> {
  if (!isOdd(prng, weather, 0.15)) return {};
  return { limits: { batchRows: FEW_ROWS, ...(prng.chance(0.5) ? { batchBytes: FEW_BYTES } : {}) } };
}

/** In some worlds values go through schemas, which take their time and refuse some messages. */
function schemas(prng: Prng, weather: Weather): Pick<Scenario, "schemas"> {
  if (!isOdd(prng, weather, 0.2)) return {};
  return { schemas: { slowMs: prng.pick([0, 3, 50]) } };
}

/** In some worlds all hosts have a codec that takes its time, and fails now and then. */
function withCodec(prng: Prng, weather: Weather): (host: PlannedHost) => PlannedHost {
  if (!isOdd(prng, weather, 0.2)) return (host) => host;
  const codec = { slowMs: prng.pick([0, 3, 50]), failing: prng.pick([0, 0, 0.05, 0.3, 0.9]) };
  return (host) => ({ ...host, codec });
}

/** In some worlds code waits for what the engine knows nothing of. */
function ownWaits(prng: Prng, weather: Weather): (program: Program) => Program {
  if (!isOdd(prng, weather, 0.15)) return (program) => program;
  return (program) => withOwnWaits(program, prng);
}

/** In some worlds code begins operations that it does not wait for. */
function leftOperations(prng: Prng, weather: Weather): (program: Program) => Program {
  if (!isOdd(prng, weather, 0.08)) return (program) => program;
  return (program) => withLeftOperations(program, prng);
}

/** In some worlds bodies call handles. */
function bodyCalls(
  prng: Prng,
  weather: Weather,
  around: Parameters<typeof withBodyCalls>[2],
): (program: Program) => Program {
  if (!isOdd(prng, weather, 0.1)) return (program) => program;
  return (program) => withBodyCalls(program, prng, around);
}

/** In some worlds engines store a result after the other, or wait for no retry in memory, or for all. */
function withHaste(prng: Prng, weather: Weather): (host: PlannedHost) => PlannedHost {
  if (!isOdd(prng, weather, 0.15)) return (host) => host;
  const limits = {
    uncommittedEntries: prng.pick([1, 2, 5, 256]),
    memoryBackoffMs: prng.pick([0, 20, 60_000]),
  };
  return (host) => ({ ...host, limits });
}

/** In some worlds there is little room or time, so that runs are refused something, fail or are held in the middle of it. */
function withSmallLimits(prng: Prng, weather: Weather): (host: PlannedHost) => PlannedHost {
  if (!isOdd(prng, weather, 0.1)) return (host) => host;
  const limits = smallLimits(prng);
  return (host) => ({ ...host, limits: { ...host.limits, ...limits } });
}

/** In some worlds those who listen to engines misbehave. */
function withHearers(prng: Prng, weather: Weather): (host: PlannedHost) => PlannedHost {
  if (!isOdd(prng, weather, 0.1)) return (host) => host;
  const hearers = { badly: prng.pick([0.1, 0.5, 1]), snapshots: prng.chance(0.4) };
  return (host) => ({ ...host, hearers });
}

function storageOf(prng: Prng, swarm: Swarm): StorageName {
  if (!swarm.has("sqlite")) return "memory";
  // They cost two and a half times as much; what differs between storages is for the mode that plays all of them.
  return prng.pick(["memory", "memory", "sqlite-memory", "sqlite-file"]);
}
