import { liveHeapBytes } from "./heap.ts";
import { abortListeners } from "./resources.ts";
import type { Sample } from "./slope.ts";

/** Rows and bytes that a run keeps stored. */
export interface Stored {
  readonly rows: number;
  readonly bytes: number;
}

/** What can be read of a run's home while it runs. */
export interface Gauges {
  /** Timers that are set. */
  readonly timers: () => number;
  /** What the run has stored. */
  readonly stored: () => Stored;
  /** Operations of the storage so far. */
  readonly operations: () => number;
}

/** A stretch of iterations. */
interface Stretch {
  readonly cpuMs: number;
  readonly operations: number;
}

/** Watches a loop from inside the body of each iteration's step. The time that it takes itself is not counted. */
export class LoopWatch {
  readonly heap: Sample[] = [];
  readonly rows: Sample[] = [];
  readonly bytes: Sample[] = [];
  readonly stretches: Stretch[] = [];
  mostListeners = 0;
  mostTimers = 0;
  readonly iterations: number;
  readonly #gauges: Gauges;
  readonly #each: number;
  #cpuMs = 0;
  #operations = 0;

  /** `stretches`: how many times heap and storage are looked at. */
  constructor(iterations: number, stretches: number, gauges: Gauges) {
    this.iterations = iterations;
    this.#gauges = gauges;
    this.#each = Math.max(1, Math.floor(iterations / stretches));
  }

  /** Iterations in a stretch. */
  get stretch(): number {
    return this.#each;
  }

  /** In the body of the iteration's step. */
  look(iteration: number, signals: readonly AbortSignal[]): void {
    for (const signal of signals) this.mostListeners = Math.max(this.mostListeners, abortListeners(signal));
    this.mostTimers = Math.max(this.mostTimers, this.#gauges.timers());
    if (iteration % this.#each === 0) this.#sample(iteration);
  }

  #sample(iteration: number): void {
    const cpuMs = cpuNowMs();
    const operations = this.#gauges.operations();
    if (iteration > 0)
      this.stretches.push({ cpuMs: cpuMs - this.#cpuMs, operations: operations - this.#operations });
    const { rows, bytes } = this.#gauges.stored();
    this.rows.push({ at: iteration, value: rows });
    this.bytes.push({ at: iteration, value: bytes });
    this.heap.push({ at: iteration, value: liveHeapBytes() });
    this.#operations = this.#gauges.operations();
    this.#cpuMs = cpuNowMs();
  }
}

/** Time of this process, not of the wall: what else the machine does is not measured. */
function cpuNowMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
