import type { Clock } from "../model/clock.ts";

/**
 * Owns: how long a host waits after the storage failed: twice as long after each failure in a row.
 * Invariants: a host that is stopping waits for nothing.
 */
export class Backoff {
  readonly #clock: Clock;
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #waiting: Set<() => void> = new Set();
  #failures = 0;
  #cut = false;

  constructor(clock: Clock, options: { readonly firstMs: number; readonly longestMs: number }) {
    this.#clock = clock;
    this.#firstMs = options.firstMs;
    this.#longestMs = options.longestMs;
  }

  /** Something succeeded. */
  reset(): void {
    this.#failures = 0;
  }

  /** Something failed: resolves when it may be tried again. */
  async wait(): Promise<void> {
    if (this.#cut) return;
    const ms = Math.min(this.#firstMs * 2 ** this.#failures, this.#longestMs);
    this.#failures += 1;
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
