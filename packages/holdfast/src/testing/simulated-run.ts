import { type MemoryDriver, memoryDriver } from "../drivers/memory/memory-driver.ts";
import { loadJournal } from "../history/journal-load.ts";
import { frameBody } from "../history/message-body.ts";
import { defaultCodec, type PayloadCodec } from "../history/payload.ts";
import type { Clock, RandomSource, Scheduler } from "../model/clock.ts";
import { RunFinishedError } from "../model/errors/run-errors.ts";
import { FencedError } from "../model/errors/storage-errors.ts";
import type { Limits } from "../model/limits.ts";
import { isTerminal, type RunState } from "../model/run.ts";
import type { AnyWorkflow } from "../model/workflow.ts";
import type { EngineDriver } from "../storage/driver.ts";
import { runWorkflow } from "../system/run-workflow.ts";
import { type CrashDriver, crashDriver, type PlannedFault, type Wire } from "./crash-driver.ts";
import { EffectLedger } from "./effect-ledger.ts";
import { RecordedHistory } from "./recorded-history.ts";
import { randomOfProcess } from "./seeded-random.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";
import { watchedWorkflow } from "./watched-workflow.ts";

/** The id of every simulated run. */
export const SIMULATED_ID = "run";
/** Restarts after which a run is taken to get nowhere. */
const MOST_PROCESSES = 60;
/** Passes of one process after which a run is taken to get nowhere. */
const MOST_PASSES = 1_000;

/** A message that comes from outside at a fixed time. */
export interface ScriptedMessage {
  /** Milliseconds after the start. @default 0: it is there before the run */
  readonly at?: number;
  readonly name: string;
  readonly body?: unknown;
  /** @default a number */
  readonly id?: string;
  /** Whether the sender waits for an answer. @default false */
  readonly completable?: boolean;
  /** Milliseconds after the start at which it is dropped. @default never */
  readonly expiresAt?: number;
}

/** A workflow and what happens to it from outside. */
export interface Simulation {
  readonly workflow: AnyWorkflow;
  readonly input?: unknown;
  readonly messages?: readonly ScriptedMessage[];
  readonly mode?: "yield" | "live";
  readonly codec?: PayloadCodec;
  readonly limits?: Partial<Limits>;
  /** What each process sees of its driver: a wrapper that is to be tested, or one that breaks a promise on purpose. */
  readonly through?: (driver: EngineDriver) => EngineDriver;
}

/** How a run ended. */
export interface Ending {
  readonly state: RunState;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** What a process came to: an end or a rest of the run, or its own death. */
type Life =
  | Ending
  | { readonly state: "crashed" | "lost" }
  | { readonly state: "resting"; readonly until: number | null };

/**
 * One run in a world of its own: virtual time, memory storage, messages from outside, and processes that die and are
 * started again until the run has ended.
 */
export class SimulatedRun {
  readonly clock: VirtualClock = virtualClock();
  readonly storage: MemoryDriver;
  readonly history: RecordedHistory = new RecordedHistory(SIMULATED_ID);
  readonly ledger: EffectLedger = new EffectLedger(this.history);
  /** Processes that died, or lost the run to a failing storage. */
  deaths = 0;
  /** What contradicts the promises, in words. */
  readonly problems: string[] = [];
  readonly drivers: CrashDriver[] = [];
  /** Ids of messages whose sending was acknowledged. */
  readonly sent: string[] = [];
  readonly #simulation: Simulation;
  readonly #start: number;
  readonly #arrivals: number[] = [];
  readonly #wire: Wire = { late: null, stray: null };

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#start = this.clock.now();
    this.storage = memoryDriver({ workflowId: SIMULATED_ID, clock: this.clock });
    for (const [index, message] of (simulation.messages ?? []).entries()) this.#schedule(message, index);
  }

  /** Runs to the end; the faults of the first list are the first process's, and so on. */
  async run(
    faults: readonly (readonly PlannedFault[])[],
    betweenPasses?: () => Promise<void>,
  ): Promise<Ending> {
    for (let life = 0; life < MOST_PROCESSES; life++) {
      const process = this.#startProcess(faults[life] ?? []);
      const end = await this.#live(process, betweenPasses);
      if (end.state !== "crashed" && end.state !== "lost") return end as Ending;
      this.deaths += 1;
      process.kill();
    }
    throw new Error(`The run did not end in ${MOST_PROCESSES} processes.`);
  }

  /** One more pass in a process of its own, as the run stands. */
  async onePass(): Promise<Life> {
    return this.#pass(this.#startProcess([]));
  }

  #startProcess(faults: readonly PlannedFault[]): SimulatedProcess {
    const random = randomOfProcess(this.drivers.length, this.history.begun);
    const process = new SimulatedProcess(this.clock, random, (crashed) =>
      crashDriver(this.storage, {
        faults,
        onCrash: crashed,
        wire: this.#wire,
        onApplied: (batch) => this.history.apply(batch),
      }),
    );
    this.drivers.push(process.driver);
    return process;
  }

  /** Passes of one process until the run ends or the process dies. */
  async #live(process: SimulatedProcess, betweenPasses?: () => Promise<void>): Promise<Life> {
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const life = await this.#pass(process);
      if (life.state !== "resting") {
        if (life.state !== "crashed" && life.state !== "lost") this.#checkRemains(process);
        return life;
      }
      await betweenPasses?.();
      const arrival = this.#arrivals.find((at) => at > this.clock.now()) ?? Number.POSITIVE_INFINITY;
      const next = Math.min(life.until ?? Number.POSITIVE_INFINITY, arrival);
      if (next === Number.POSITIVE_INFINITY) throw new Error("The run waits, and nothing will ever wake it.");
      await this.clock.advanceTo(next);
    }
    throw new Error(`The run did not end in ${MOST_PASSES} passes.`);
  }

  async #pass(process: SimulatedProcess): Promise<Life> {
    const { workflow, input, mode = "yield", codec, limits, through } = this.#simulation;
    const driver = through?.(process.driver) ?? process.driver;
    const witness = { ledger: this.ledger, dead: () => process.driver.crashed };
    const handle = runWorkflow(SIMULATED_ID, watchedWorkflow(workflow, witness), input, driver, {
      clock: process.clock,
      scheduler: process.scheduler,
      random: process.random,
      mode,
      ...(codec === undefined ? {} : { codec }),
      ...(limits === undefined ? {} : { limits }),
    });
    const ended = handle.result.then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    const end = await this.clock.settle(Promise.race([ended, process.crashed]));
    if (end === null) return { state: "crashed" };
    if ("error" in end) return this.#rejected(end.error);
    const { state, output, sleepUntil = null, waitingForMessages } = end.result;
    if (state === "sleeping" || state === "rolling_back") {
      if (sleepUntil === null && waitingForMessages === undefined)
        this.problems.push(`P9: ${state} without a reason to wake`);
      return { state: "resting", until: sleepUntil };
    }
    return { state: state as RunState, output };
  }

  /** A rejection is the end of the run only if that is what is stored. */
  async #rejected(error: unknown): Promise<Life> {
    if (FencedError.is(error)) return { state: "lost" };
    const loaded = await loadJournal(SIMULATED_ID, this.storage);
    const status = loaded?.journal.header.status;
    if (status !== undefined && (isTerminal(status) || status === "paused")) return { state: status, error };
    return { state: "lost" };
  }

  #checkRemains(process: SimulatedProcess): void {
    const { timers, driver } = process;
    if (timers.size > 0) this.problems.push(`I31: ${timers.size} timers are left after the run has ended`);
    if (driver.openWaits > 0)
      this.problems.push(`I31: ${driver.openWaits} waits for messages are left after the run has ended`);
  }

  #schedule(message: ScriptedMessage, index: number): void {
    const { at = 0, name, completable = false, expiresAt } = message;
    const id = idOf(message, index);
    const deliver = (): void => {
      const sent = this.storage.enqueueMessage({
        id,
        name,
        body: bodyOf(SIMULATED_ID, message, index),
        createdAt: this.clock.now(),
        expiresAt: expiresAt === undefined ? null : this.#start + expiresAt,
        completable,
        remember: true,
      });
      sent.then(
        () => this.sent.push(id),
        (error: unknown) => {
          if (!RunFinishedError.is(error)) throw error;
        },
      );
    };
    this.#arrivals.push(this.#start + at);
    this.#arrivals.sort((a, b) => a - b);
    if (at === 0) deliver();
    else this.clock.setTimer(at, deliver);
  }
}

/** The body of a scripted message to this run, as it is queued. */
export function bodyOf(workflowId: string, message: ScriptedMessage, index: number): Uint8Array {
  const owner = { workflowId, id: idOf(message, index), name: message.name };
  return frameBody(owner, defaultCodec.encode(message.body, "body"));
}

/** The id of a scripted message. */
export function idOf(message: ScriptedMessage, index: number): string {
  return message.id ?? `message-${index}`;
}

/** A process: when it dies, its timers and its event loop die with it. */
class SimulatedProcess {
  readonly driver: CrashDriver;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: RandomSource;
  readonly timers: Set<() => void> = new Set();
  /** Fulfilled when it dies. */
  readonly crashed: Promise<null>;
  #dead = false;

  constructor(clock: VirtualClock, random: RandomSource, connect: (crashed: () => void) => CrashDriver) {
    let tell = (): void => {};
    this.crashed = new Promise((resolve) => {
      tell = () => resolve(null);
    });
    this.driver = connect(() => {
      this.kill();
      tell();
    });
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (delayMs, fire) => this.#setTimer(clock, { delayMs, fire }),
    };
    this.scheduler = {
      afterMicrotasks: (resume) => clock.scheduler.afterMicrotasks(() => (this.#dead ? undefined : resume())),
    };
    this.random = random;
  }

  kill(): void {
    this.#dead = true;
    for (const cancel of this.timers) cancel();
    this.timers.clear();
    this.driver.crash();
  }

  #setTimer(clock: VirtualClock, { delayMs, fire }: { delayMs: number; fire: () => void }): () => void {
    if (this.#dead) return () => {};
    const cancel = clock.setTimer(delayMs, () => {
      this.timers.delete(cancel);
      fire();
    });
    this.timers.add(cancel);
    return () => {
      this.timers.delete(cancel);
      cancel();
    };
  }
}
