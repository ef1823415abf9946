import type { Clock } from "../../model/clock.ts";

/** A result is stored within so long, whatever goes on beside it; those that come together share a commit. */
const SOON_MS = 100;

/**
 * Owns: how long results wait for a commit that nothing else asks for, while the run waits for a body that still runs, for a
 * retry, or for a promise of its code's own: a process that dies meanwhile would do again what they came from.
 */
export class Overdue {
  readonly #clock: Clock;
  /** Since when results wait, and the revision that they will follow. */
  #waiting: { readonly since: number; readonly revision: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until what is owed is to be stored; null where nothing is. `revision`: of the last commit. */
  delay(owed: boolean, revision: number): number | null {
    if (!owed) return null;
    const now = this.#clock.monotonic();
    if (this.#waiting?.revision !== revision) this.#waiting = { since: now, revision };
    return Math.max(0, this.#waiting.since + SOON_MS - now);
  }
}
