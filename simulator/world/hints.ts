import type { Prng } from "../random/prng.ts";
import type { FaultRates } from "./fault.ts";
import type { SimProcess } from "./sim-process.ts";
import type { Timeline } from "./timeline.ts";

const LATE_MS = 3_000;
const FALSE_MS = 500;

/**
 * The storage's hints on their way to processes (F13): they can be lost, come late, or come for nothing. A storage that loses
 * all of them is one that has none, and does not get any when the faults end.
 */
export class Hints {
  readonly #timeline: Timeline;
  readonly #random: Prng;
  readonly #rates: FaultRates;
  readonly #latencyMs: number;
  readonly #waits = new Map<SimProcess, number>();
  #quiet = false;

  constructor(
    timeline: Timeline,
    options: { readonly random: Prng; readonly rates: FaultRates; readonly latencyMs: number },
  ) {
    this.#timeline = timeline;
    this.#random = options.random;
    this.#rates = options.rates;
    this.#latencyMs = options.latencyMs;
  }

  quieten(): void {
    this.#quiet = true;
  }

  /** Waits that a process has open. */
  open(process: SimProcess): number {
    return this.#waits.get(process) ?? 0;
  }

  /** Resolves when the storage hints, as far as that arrives, or when the signal aborts. */
  wait(
    process: SimProcess,
    signal: AbortSignal,
    listen: (until: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (!process.alive) return new Promise(() => {});
    this.#count(process, 1);
    const until = new AbortController();
    return new Promise((resolve) => {
      const end = (): void => {
        if (until.signal.aborted) return;
        until.abort("the wait is over");
        signal.removeEventListener("abort", end);
        this.#count(process, -1);
        resolve();
      };
      if (signal.aborted) return end();
      signal.addEventListener("abort", end);
      if (this.#happens("hint-false")) this.#timeline.after(this.#random.between(0, FALSE_MS), end, process);
      void this.#timeline.inOrder(listen(until.signal)).then(() => this.#arrive(process, end));
    });
  }

  #arrive(process: SimProcess, end: () => void): void {
    if (this.#happens("hint-lost")) return;
    const latencyMs = this.#happens("hint-late") ? LATE_MS : this.#latencyMs;
    this.#timeline.after(latencyMs === 0 ? 0 : this.#random.between(0, latencyMs), end, process);
  }

  #happens(fault: "hint-lost" | "hint-late" | "hint-false"): boolean {
    const rate = this.#rates[fault] ?? 0;
    if (fault === "hint-lost" && rate === 1) return true;
    return !this.#quiet && rate > 0 && this.#random.chance(rate);
  }

  #count(process: SimProcess, by: number): void {
    this.#waits.set(process, this.open(process) + by);
  }
}
