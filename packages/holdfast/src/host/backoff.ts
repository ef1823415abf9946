import type { Clock } from "../model/clock.ts";
import { Pauses } from "./pauses.ts";

/**
 * Owns: how long a host waits after the storage failed: twice as long after each failure in a row.
 * Invariants: a host that is stopping waits for nothing.
 */
export class Backoff {
  readonly #pauses: Pauses;
  readonly #firstMs: number;
  readonly #longestMs: number;
  #failures = 0;

  constructor(clock: Clock, options: { readonly firstMs: number; readonly longestMs: number }) {
    this.#pauses = new Pauses(clock);
    this.#firstMs = options.firstMs;
    this.#longestMs = options.longestMs;
  }

  /** Something succeeded. */
  reset(): void {
    this.#failures = 0;
  }

  /** Something failed: resolves when it may be tried again. */
  async wait(): Promise<void> {
    const ms = Math.min(this.#firstMs * 2 ** this.#failures, this.#longestMs);
    this.#failures += 1;
    await this.#pauses.wait(ms);
  }

  /** Ends all waits, now and from now on. */
  cut(): void {
    this.#pauses.cut();
  }
}
