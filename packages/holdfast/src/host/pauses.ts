import type { Clock } from "../model/clock.ts";

/**
 * Owns: waits for a while that all end together when their host stops.
 * Invariants: once cut, nobody waits here; no timer outlives its wait.
 */
export class Pauses {
  readonly #clock: Clock;
  readonly #waiting: Set<() => void> = new Set();
  #cut = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after so many milliseconds, or when all waits are cut. */
  async wait(ms: number): Promise<void> {
    if (this.#cut) return;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        cancel();
        this.#waiting.delete(finish);
        resolve();
      };
      const cancel = this.#clock.setTimer(ms, finish);
      this.#waiting.add(finish);
    });
  }

  /** Ends all waits, now and from now on. */
  cut(): void {
    this.#cut = true;
    for (const finish of [...this.#waiting]) finish();
  }
}
