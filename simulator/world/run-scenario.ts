import { createClient } from "#holdfast/host/create-client.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { BodyCalls } from "./body-calls.ts";
import { Caller, CallNumbers } from "./caller.ts";
import { damageStorage } from "./damage.ts";
import { Deeds } from "./deeds.ts";
import type { PlannedFault } from "./fault.ts";
import { happen, lastsMs } from "./incidents.ts";
import { readDamaged } from "./read-damaged.ts";
import { replayTwice } from "./replay-twice.ts";
import type { Act, Incident, Scenario } from "./scenario.ts";
import { SimHost } from "./sim-host.ts";
import { Standing } from "./standing.ts";
import { watchingStrays } from "./stray-watch.ts";
import type { SentCall } from "./wire.ts";
import { WORLD_START, World, type WorldOptions } from "./world.ts";

/** A world that has ended. */
export interface WorldRun {
  readonly evidence: Evidence;
  /** The same for two worlds in which the same happened in the same order. */
  readonly digest: () => string;
  /** The faults of calls that came: given as the scenario's `plan`, with no rates, they come again. */
  readonly faults: readonly PlannedFault[];
  /** Calls of the store, in order. */
  readonly calls: readonly SentCall[];
  readonly events: number;
  /** How often whoever listens to an engine has misbehaved. */
  readonly misheard: number;
  /** How often a body asked for something by a handle. */
  readonly bodyCalls: number;
  /** How many calls of codecs and schemas were never answered. */
  readonly unanswered: number;
}

/** How often it is looked whether anything is left to happen, in milliseconds. */
const LOOK_MS = 500;
/** How long hosts have for stopping at the end, and how long the world waits for them. */
const STOP_MS = 1_000;
const STOP_WITHIN_MS = 600_000;

/** Plays a scenario to its end. The same scenario gives the same run, event for event. */
export async function runScenario(scenario: Scenario, options: WorldOptions = {}): Promise<WorldRun> {
  const world = new World(scenario, options);
  const { chronicle } = world;
  const { stackTraceLimit } = Error;
  // Errors are stored with their stacks, and those depend on what the runtime has optimised by then.
  Error.stackTraceLimit = 0;
  try {
    return await watchingStrays(
      (fact) => chronicle.record("world", fact),
      () => new Play(world).run(),
    );
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    await world.storage.close();
  }
}

/** One performance of a scenario. */
class Play {
  readonly #world: World;
  readonly #hosts: readonly SimHost[];
  readonly #client: Caller;
  readonly #deeds: Deeds;
  readonly #numbers = new CallNumbers();
  /** Starts of runs and acts that are still to come or under way, as far as they end by themselves. */
  #pending = 0;
  /** Resumes that are still to come: nothing comes of them when no run is held. */
  #resumes = 0;
  #lastIncidentMs = 0;

  constructor(world: World) {
    this.#world = world;
    this.#hosts = world.scenario.hosts.map((planned, number) => new SimHost(world, number, planned));
    this.#deeds = new Deeds(world);
    const process = world.survivor("client");
    const { clock, scheduler, random } = process;
    const client = createClient({ store: world.storeFor(process), clock, scheduler, random, pollMs: 500 });
    this.#client = new Caller(world, { process, client, numbers: this.#numbers });
    const bodyCalls = new BodyCalls(world, this.#hosts, this.#deeds, this.#numbers);
    world.onBodyCall = (calling, call, body) => bodyCalls.call(calling, call, body);
    world.onCrash = (dying) => this.#hosts.find((host) => host.process === dying)?.kill();
  }

  async run(): Promise<WorldRun> {
    const { scenario, timeline, wire, chronicle } = this.#world;
    const endAt = WORLD_START + scenario.endAtMs;
    this.#schedule();
    let atRest = false;
    const standing = new Standing(this.#world);
    const look = async (): Promise<void> => {
      const over = this.#pending === 0 && this.#world.elapsedMs > this.#quietSinceMs;
      if (over && (await standing.atRest(endAt, this.#resumes > 0))) atRest = true;
      else timeline.after(LOOK_MS, () => void look());
    };
    timeline.after(LOOK_MS, () => void look());
    await timeline.run(endAt, () => atRest);
    await this.#stopHosts();
    if (timeline.stands)
      chronicle.record("world", { type: "stray", kind: "circle", what: "too much happens at one instant" });
    const stored = await this.#world.dump();
    await replayTwice(this.#world, stored);
    await readDamaged(this.#world, stored);
    const evidence: Evidence = {
      scenario,
      facts: chronicle.facts,
      stored,
      endedAt: timeline.now,
      quietSince: WORLD_START + this.#quietSinceMs,
      atRest,
    };
    const { sent: calls, drawn: faults } = wire;
    const { misheard, unanswered, bodyCalls } = this.#world;
    return {
      evidence,
      digest: () => chronicle.digest(),
      faults,
      calls,
      events: timeline.fired,
      misheard,
      unanswered,
      bodyCalls,
    };
  }

  get #quietSinceMs(): number {
    return Math.max(this.#world.scenario.quietAtMs, this.#lastIncidentMs);
  }

  #schedule(): void {
    const { scenario } = this.#world;
    for (const host of this.#hosts) host.start();
    for (const [run, { startAtMs }] of scenario.runs.entries())
      this.#at(startAtMs, () => this.#as("client", (caller) => this.#deeds.start(caller, run)));
    for (const [number, act] of scenario.acts.entries()) this.#scheduleAct(act, number);
    for (const incident of scenario.incidents) this.#scheduleIncident(incident);
    damageStorage(this.#world);
    this.#at(scenario.quietAtMs, async () => this.#quieten());
  }

  #scheduleAct(act: Act, number: number): void {
    const perform = (): Promise<void> =>
      this.#as(act.by, (caller) => this.#deeds.perform(caller, act, number));
    if (act.does.api !== "resume") {
      this.#at(act.atMs, perform, ends(act));
      return;
    }
    this.#resumes++;
    this.#world.timeline.at(WORLD_START + act.atMs, () => {
      this.#resumes--;
      this.#pending++;
      this.#begin(perform);
    });
  }

  #at(atMs: number, act: () => Promise<void>, ends = true): void {
    this.#pending++;
    this.#world.timeline.at(WORLD_START + atMs, () => this.#begin(act, ends));
  }

  #begin(act: () => Promise<void>, ends = true): void {
    const done = (): void => {
      this.#pending--;
    };
    const acting = act();
    if (ends) void acting.then(done, done);
    else done();
  }

  /** Acts as the client where the host is down; the handles of bare runs are in their host alone, which is waited for. */
  async #as(by: Act["by"], act: (caller: Caller) => Promise<void>): Promise<void> {
    const bare = this.#world.bare !== null;
    const host = bare ? this.#hosts[0] : this.#hosts[Number(by)];
    while (bare && host?.serves === false) await this.#world.timeline.sleep(LOOK_MS);
    const process = host?.process ?? null;
    const opening = host?.host ?? null;
    if (process === null || opening === null) return act(this.#client);
    const client = await opening;
    const died = this.#death(process);
    const caller = new Caller(this.#world, { process, client, numbers: this.#numbers });
    await Promise.race([act(caller), died]);
  }

  /** Settles when the process is dead: what it was doing never ends. */
  async #death(process: { readonly alive: boolean }): Promise<void> {
    while (process.alive) await this.#world.timeline.sleep(LOOK_MS);
  }

  #scheduleIncident(incident: Incident): void {
    const host = this.#hosts[incident.host];
    if (host === undefined) return;
    this.#lastIncidentMs = Math.max(this.#lastIncidentMs, incident.atMs + lastsMs(incident));
    this.#at(incident.atMs, () => happen(host, incident), false);
  }

  #quieten(): void {
    const { wire, hints, chronicle } = this.#world;
    wire.quieten();
    hints.quieten();
    chronicle.record("world", { type: "faults-end" });
  }

  async #stopHosts(): Promise<void> {
    const { timeline } = this.#world;
    let stopped = false;
    void Promise.all(this.#hosts.map((host) => host.close(STOP_MS))).then(() => {
      stopped = true;
    });
    await timeline.run(timeline.now + STOP_WITHIN_MS, () => stopped);
  }
}

/** Whether an act ends by itself, however long the run goes on. */
function ends({ does }: Act): boolean {
  if (does.api === "send") return does.replies !== true;
  if (does.api === "cancel") return does.whileUndone !== true;
  return does.api !== "result" && does.api !== "watch" && does.api !== "pause";
}
