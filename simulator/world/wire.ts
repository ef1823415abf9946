import type { StorageError } from "#holdfast/model/errors/storage-errors.ts";
import type { Prng } from "../random/prng.ts";
import type { CallName } from "./call-name.ts";
import type { Chronicle } from "./chronicle.ts";
import { deliver } from "./delivery.ts";
import { CALL_FAULTS, type CallFault, type FaultRates, type PlannedFault } from "./fault.ts";
import type { SimProcess } from "./sim-process.ts";
import type { Timeline } from "./timeline.ts";

/** One call that sets out. */
export interface Call<T> {
  readonly name: CallName;
  readonly run: string | null;
  /** What the storage does when the call arrives. */
  readonly act: () => Promise<T>;
}

/** A call that set out: the `call`-th of its process, at an instant of true time. */
export interface SentCall {
  readonly process: string;
  readonly call: number;
  readonly name: CallName;
  readonly at: number;
}

export interface WireSetup {
  readonly timeline: Timeline;
  readonly chronicle: Chronicle;
  /** For what is drawn of the way: how long it takes. */
  readonly random: Prng;
  /** For which faults come: apart, so that leaving faults out changes nothing else. */
  readonly luck: Prng;
  readonly rates: FaultRates;
  readonly plan: readonly PlannedFault[];
  readonly latencyMs: number;
  /** A `slow` answer takes this long: longer than the leases of the world. */
  readonly slowMs: number;
  /** The process dies at once. */
  readonly crash: (process: SimProcess) => void;
}

/** What comes instead of its death to a process that cannot die. */
const SURVIVED: Partial<Record<CallFault, CallFault>> = {
  "crash-before": "not-applied",
  "crash-after": "answer-lost",
  "crash-late": "late",
};

type Lose = (error: StorageError) => void;

/** The way between processes and the storage: calls are numbered here, and faults drawn. */
export class Wire {
  readonly #setup: WireSetup;
  readonly #planned: ReadonlyMap<string, CallFault>;
  readonly #numbers = new Map<string, number>();
  readonly #inFlight = new Map<SimProcess, Set<Lose>>();
  /** All calls, in the order in which they set out. */
  readonly sent: SentCall[] = [];
  /** Faults as they came, whether drawn or planned: given as a plan they come again. */
  readonly drawn: PlannedFault[] = [];
  #quiet = false;

  constructor(setup: WireSetup) {
    this.#setup = setup;
    this.#planned = new Map(setup.plan.map(({ process, call, fault }) => [`${process} ${call}`, fault]));
  }

  /** No more faults from here on. */
  quieten(): void {
    this.#quiet = true;
  }

  /** No answer takes longer than this. */
  get longestAnswerMs(): number {
    const { slowMs, latencyMs } = this.#setup;
    return slowMs + 2 * latencyMs;
  }

  /** Never settles when the process dies before the answer has arrived. */
  call<T>(process: SimProcess, call: Call<T>): Promise<T> {
    if (!process.alive) return new Promise(() => {});
    const { timeline, random, crash, slowMs } = this.#setup;
    const fault = this.#count(process, call);
    const inFlight = this.#inFlight.get(process) ?? new Set();
    this.#inFlight.set(process, inFlight);
    return new Promise((resolve, reject) => {
      let answered = false;
      const answer = (settle: () => void, afterMs = this.#latency()): void => {
        if (answered) return;
        answered = true;
        inFlight.delete(lose);
        timeline.after(afterMs, settle, process);
      };
      const lose: Lose = (error) => answer(() => reject(error));
      inFlight.add(lose);
      const flight = {
        name: call.name,
        random,
        slowMs,
        answer,
        resolve,
        reject,
        apply: () => timeline.hold(call.act()),
        crash: () => crash(process),
        disconnect: (error: StorageError) => {
          for (const each of [...inFlight]) each(error);
        },
        later: (withinMs: number, act: () => void) => void timeline.after(random.between(1, withinMs), act),
      };
      timeline.after(this.#latency(), () => {
        if (fault === "crash-before") crash(process);
        else deliver(flight, fault);
      });
    });
  }

  /** Numbers the call; what goes wrong with it. */
  #count(process: SimProcess, { name, run }: Call<unknown>): CallFault | undefined {
    const call = (this.#numbers.get(process.id) ?? 0) + 1;
    this.#numbers.set(process.id, call);
    this.sent.push({ process: process.id, call, name, at: this.#setup.timeline.now });
    if (this.#quiet) return undefined;
    const drawn = this.#planned.get(`${process.id} ${call}`) ?? this.#draw();
    if (drawn === undefined) return undefined;
    const fault = process.mortal ? drawn : (SURVIVED[drawn] ?? drawn);
    this.drawn.push({ process: process.id, call, fault });
    this.#setup.chronicle.record(process.id, { type: "fault", operation: name, run, fault, call });
    return fault;
  }

  #draw(): CallFault | undefined {
    const { luck, rates } = this.#setup;
    let left = luck.next();
    for (const fault of CALL_FAULTS) {
      left -= rates[fault] ?? 0;
      if (left < 0) return fault;
    }
    return undefined;
  }

  #latency(): number {
    const { latencyMs, random } = this.#setup;
    return latencyMs === 0 ? 0 : random.between(0, latencyMs);
  }
}
