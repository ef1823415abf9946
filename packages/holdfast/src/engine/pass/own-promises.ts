import type { Clock } from "../../model/clock.ts";
import type { Wakeup } from "../replay/wakeup.ts";

/** What code awaits for good reasons and not from the engine, a digest or an import, has settled by then. */
const OWN_PROMISE_MS = 1_000;

/**
 * Owns: how long a replay waits for code that asks for no more of what is recorded: one strand of it may wait for a promise of
 * its own, though others wait for the engine. A second in all; mostly it does not fit, and that is to be told soon.
 */
export class OwnPromises {
  readonly #clock: Clock;
  readonly #wakeup: Wakeup;
  #until: number | null = null;

  constructor(clock: Clock, wakeup: Wakeup) {
    this.#clock = clock;
    this.#wakeup = wakeup;
  }

  /** Waits until something has happened, at least to the clock; false: the time is over. */
  async settle(): Promise<boolean> {
    const now = this.#clock.monotonic();
    this.#until ??= now + OWN_PROMISE_MS;
    if (now >= this.#until) return false;
    const cancel = this.#clock.setTimer(this.#until - now, () => this.#wakeup.notify());
    await this.#wakeup.wait();
    cancel();
    return true;
  }
}
