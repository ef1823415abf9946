import type { MemoryDump } from "#holdfast/drivers/memory/memory-dump.ts";
import { createHost } from "#holdfast/host/create-host.ts";
import type { RetentionOptions } from "#holdfast/host/host-options.ts";
import type { WorkflowDefinition } from "#holdfast/model/workflow.ts";
import { toRecord } from "#holdfast/storage/run-row.ts";
import type { RunRecord, WorkflowStore } from "#holdfast/storage/store.ts";
import { BareHost } from "../bare/bare-host.ts";
import { BareRuns } from "../bare/bare-runs.ts";
import type { FactBody } from "../evidence/fact.ts";
import type { BodyCall, CallingBody } from "../program/body-call.ts";
import { compile } from "../program/compile.ts";
import type { ProgramPorts } from "../program/ports.ts";
import { Prng } from "../random/prng.ts";
import { Chronicle } from "./chronicle.ts";
import type { Desk } from "./desk.ts";
import { Hints } from "./hints.ts";
import type { OwnOptions } from "./own-options.ts";
import { type PlannedHost, type Scenario, slowestMs } from "./scenario.ts";
import { simCodec } from "./sim-codec.ts";
import { simHearers } from "./sim-hearers.ts";
import { type ClockError, SimProcess } from "./sim-process.ts";
import { lateSchemas } from "./sim-schema.ts";
import { SimStore } from "./sim-store.ts";
import { openStorage, type Storage } from "./storages.ts";
import { Timeline } from "./timeline.ts";
import { Wire } from "./wire.ts";

/** The instant at which every world begins: some moment in 2030. */
export const WORLD_START = 1_893_456_000_000;

export interface WorldOptions {
  /** Puts something between the real storage and everybody: how negative controls break it on purpose. */
  readonly through?: (store: WorkflowStore) => WorkflowStore;
}

/** Runs that a process runs, until it is stopped. */
export interface SimHosting extends Desk {
  stop(options: { readonly timeoutMs: number }): Promise<void>;
}

/** More than any world has. */
const MOST_RUNS = 1_000;

/** The id of no run of any world. */
const NOBODY = "nobody";

/**
 * What all processes of a world have in common: time, the storage and the way to it, and the record of what happens.
 *
 * Does not own: who the processes are (cast.ts) and what they do (outside.ts).
 */
export class World {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly chronicle: Chronicle;
  readonly wire: Wire;
  readonly hints: Hints;
  readonly storage: Storage;
  readonly store: WorkflowStore;
  /** Called when a fault kills a process. */
  onCrash: (process: SimProcess) => void = () => {};
  /** Called when a body asks for something by a handle. */
  onBodyCall: (process: SimProcess, call: BodyCall, body: CallingBody) => Promise<void> = async () => {};
  /** How often one has. */
  bodyCalls = 0;
  /** How often whoever listens to an engine has misbehaved. */
  misheard = 0;
  /** How many calls of codecs and schemas were never answered. */
  unanswered = 0;
  #starts = 0;
  readonly #passes = new Map<string, number>();
  /** Processes that bodies have ended, by the run and place. */
  readonly #deaths = new Map<string, number>();
  readonly #onCommit = new Map<string, (() => void)[]>();
  /** Null: the runs of this world are those of a store. */
  readonly bare: BareRuns | null;
  /** What bare runs were asked for with. */
  readonly #inputs = new Map<string, unknown>();
  #lives = 0;

  constructor(scenario: Scenario, options: WorldOptions = {}) {
    const { rates, plan, latencyMs, seed } = scenario;
    this.scenario = scenario;
    this.timeline = new Timeline(WORLD_START, this.random("timeline"));
    const now = (): number => this.timeline.now;
    this.chronicle = new Chronicle(now);
    this.storage = openStorage(scenario.storage, now);
    this.store = options.through?.(this.storage.store) ?? this.storage.store;
    this.hints = new Hints(this.timeline, { random: this.random("hints"), rates, latencyMs });
    this.wire = new Wire({
      timeline: this.timeline,
      chronicle: this.chronicle,
      random: new Prng(seed, "wire"),
      luck: new Prng(seed, "faults"),
      rates,
      plan,
      latencyMs,
      slowMs: slowestMs(scenario),
      crash: (process) => this.onCrash(process),
    });
    this.bare = this.#bareRuns(now);
  }

  random(purpose: string): Prng {
    return new Prng(this.scenario.seed, purpose);
  }

  /** True time as the scenario counts it: milliseconds since the world began. */
  get elapsedMs(): number {
    return this.timeline.now - WORLD_START;
  }

  /** A new life of a process that faults may kill. */
  process(id: string, clock: ClockError): SimProcess {
    return this.#process(id, clock, true);
  }

  /** A process that outlives everything, with a good clock: what it is told is what everything is judged by. */
  survivor(id: string): SimProcess {
    return this.#process(id, { rate: 1, skewMs: 0 }, false);
  }

  /** Records what a process does, as long as it lives. */
  record(process: SimProcess, body: FactBody): void {
    if (!process.alive) return;
    if (body.type === "pass-started") this.bare?.claim(process, body.run);
    this.chronicle.record(process.id, body);
  }

  /** The bytes of all runs. */
  async dump(): Promise<MemoryDump> {
    return this.bare === null ? this.storage.dump() : this.bare.dump();
  }

  /** What a store tells of all runs. */
  async records(): Promise<readonly RunRecord[]> {
    if (this.bare !== null)
      return (await this.bare.dump()).runs.map(({ row }) => toRecord(row, this.timeline.now));
    return (await this.storage.store.list({ limit: MOST_RUNS })).runs;
  }

  /** What a process offers to those outside, and runs. */
  open(process: SimProcess, planned: PlannedHost, version: 1 | 2): Promise<SimHosting> {
    const { bare } = this;
    const workflows = this.workflows(process, version);
    const { bare: plan } = this.scenario;
    if (bare !== null && plan !== undefined)
      return Promise.resolve(
        new BareHost(
          { process, runs: bare, workflows, plan, engine: this.#engine(process, planned) },
          this.#inputs,
        ),
      );
    const { leaseMs, pollMs, concurrency, cacheSize, keepMs } = planned;
    return createHost({
      store: this.storeFor(process),
      workflows,
      clock: process.clock,
      scheduler: process.scheduler,
      random: process.random,
      leaseMs,
      pollMs,
      concurrency,
      cacheSize,
      ...(keepMs === undefined ? {} : { retention: retentionOf(keepMs) }),
      ...this.#engine(process, planned),
    });
  }

  /** What the engine of a host has of its own. */
  #engine(process: SimProcess, { codec, limits, hearers }: PlannedHost): OwnOptions {
    const told = (): void => {
      this.misheard++;
    };
    const random = (): Prng => this.random(`${process.id} codec ${this.#lives}`);
    return {
      ...(codec === undefined
        ? {}
        : { codec: simCodec(process, codec, { random: random(), ...this.#silence }) }),
      ...(limits === undefined ? {} : { limits }),
      ...(hearers === undefined
        ? {}
        : simHearers(hearers, this.random(`${process.id} hearers ${this.#lives}`), told)),
    };
  }

  /** Until when codecs and schemas may not answer, and who counts. */
  get #silence(): { readonly quiet: () => boolean; readonly silenced: () => void } {
    return {
      quiet: () => this.elapsedMs >= this.scenario.quietAtMs,
      silenced: () => {
        this.unanswered++;
      },
    };
  }

  storeFor(process: SimProcess): WorkflowStore {
    const { wire, hints, store: storage } = this;
    const { limits } = this.scenario;
    return new SimStore({
      process,
      wire,
      hints,
      storage,
      limits,
      record: (fact) => {
        this.chronicle.record(process.id, fact);
        if (fact.type === "committed") this.#tellCommit(fact.run);
      },
    });
  }

  /** Resolves when the storage has applied the next commit of the run. */
  nextCommit(run: string): Promise<void> {
    const waiting = this.#onCommit.get(run) ?? [];
    this.#onCommit.set(run, waiting);
    return new Promise((resolve) => waiting.push(resolve));
  }

  /** The code that a process runs. */
  workflows(process: SimProcess, version: 1 | 2): WorkflowDefinition[] {
    const ports = this.#ports(process);
    return this.scenario.programs.map((program) => compile(program, version, ports));
  }

  workflowId(run: number): string {
    return this.scenario.runs[run]?.workflowId ?? NOBODY;
  }

  #process(id: string, clock: ClockError, mortal: boolean): SimProcess {
    const random = this.random(`${id} life ${this.#lives++}`);
    return new SimProcess(id, this.timeline, { clock, mortal, random });
  }

  #bareRuns(now: () => number): BareRuns | null {
    const { wire, hints } = this;
    const { bare: plan, limits } = this.scenario;
    if (plan === undefined) return null;
    const record = (process: SimProcess, fact: FactBody): void => {
      this.chronicle.record(process.id, fact);
      if (fact.type === "committed") this.#tellCommit(fact.run);
    };
    return new BareRuns({ wire, hints, now, plan, limits, record });
  }

  #tellCommit(run: string): void {
    for (const tell of this.#onCommit.get(run)?.splice(0) ?? []) this.timeline.after(0, tell);
  }

  #die(process: SimProcess, at: Parameters<ProgramPorts["die"]>[0], most: number): boolean {
    const place = JSON.stringify([at.run, at.path]);
    const deaths = this.#deaths.get(place) ?? 0;
    if (deaths >= most || !process.alive || !process.mortal) return false;
    this.#deaths.set(place, deaths + 1);
    this.record(process, { type: "body-killed", ...at });
    this.onCrash(process);
    return true;
  }

  #ports(process: SimProcess): ProgramPorts {
    const { schemas } = this.scenario;
    const random = (): Prng => this.random(`${process.id} schemas ${this.#lives}`);
    return {
      ...(schemas === undefined
        ? {}
        : { late: lateSchemas(process, schemas, { random: random(), ...this.#silence }) }),
      record: (fact) => this.record(process, fact),
      sleep: (ms, signal) => process.sleep(ms, signal),
      workflowId: (run) => this.workflowId(run),
      nextStart: () => ++this.#starts,
      call: (call, body) => this.onBodyCall(process, call, body),
      die: (at, most) => this.#die(process, at, most),
      nextPass: (run) => {
        const pass = (this.#passes.get(run) ?? 0) + 1;
        this.#passes.set(run, pass);
        return pass;
      },
    };
  }
}

function retentionOf(keepMs: number): RetentionOptions {
  return { completedMs: keepMs, failedMs: keepMs, cancelledMs: keepMs };
}
