import type { Clock, RandomSource, Scheduler } from "#holdfast/model/clock.ts";
import type { Prng } from "../random/prng.ts";
import type { Owner, Timeline } from "./timeline.ts";

/** How wrong the clocks of a process are. */
export interface ClockError {
  /** 1 is true time. */
  readonly rate: number;
  readonly skewMs: number;
}

interface SimProcessOptions {
  readonly clock: ClockError;
  readonly mortal: boolean;
  readonly random: Prng;
}

/**
 * One life of a process: from its start to its death.
 *
 * Owns: its clocks, timers and randomness. When it is dead nothing of these ever calls back; while it is paused nothing does until
 * the pause is over.
 */
export class SimProcess implements Owner {
  readonly id: string;
  /** Whether faults may kill it. */
  readonly mortal: boolean;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: RandomSource;
  readonly #timeline: Timeline;
  readonly #bornAt: number;
  readonly #rate: number;
  #skewMs: number;
  #timers = 0;
  #alive = true;
  #pausedUntil = 0;

  constructor(id: string, timeline: Timeline, options: SimProcessOptions) {
    this.id = id;
    this.mortal = options.mortal;
    this.#timeline = timeline;
    this.#bornAt = timeline.now;
    this.#rate = options.clock.rate;
    this.#skewMs = options.clock.skewMs;
    this.clock = {
      now: () => Math.floor(this.#bornAt + this.#elapsed + this.#skewMs),
      monotonic: () => this.#elapsed,
      setTimer: (delayMs, fire) => this.#setTimer(delayMs, fire),
    };
    this.scheduler = { afterMicrotasks: (resume) => timeline.turn(this, resume) };
    const { random } = options;
    this.random = {
      bytes: (length) => Uint8Array.from({ length }, () => random.int(256)),
      float: () => random.next(),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** Timers that are set and have not fired. */
  get timers(): number {
    return this.#timers;
  }

  kill(): void {
    this.#alive = false;
  }

  /** Nothing of it runs for so long: a virtual machine that is moved, a laptop that sleeps. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#timeline.now + ms);
  }

  /** Somebody sets its wall clock; the monotonic one goes on. */
  setClock(byMs: number): void {
    this.#skewMs += byMs;
  }

  /** As `sleep` of ProgramPorts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = (): void => {
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = this.#timeline.after(ms / this.#rate, wake, this);
      signal?.addEventListener("abort", wake);
    });
  }

  get #elapsed(): number {
    return (this.#timeline.now - this.#bornAt) * this.#rate;
  }

  #setTimer(delayMs: number, fire: () => void): () => void {
    let open = true;
    this.#timers++;
    const close = (): boolean => {
      if (!open) return false;
      open = false;
      this.#timers--;
      return true;
    };
    const cancel = this.#timeline.after(
      delayMs / this.#rate,
      () => {
        if (close()) fire();
      },
      this,
    );
    return () => {
      if (close()) cancel();
    };
  }
}
