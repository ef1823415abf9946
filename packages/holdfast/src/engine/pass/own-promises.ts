import type { Place } from "../../history/place.ts";
import type { Clock } from "../../model/clock.ts";
import type { Wakeup } from "../replay/wakeup.ts";

/** What code awaits for good reasons and not from the engine, a digest or an import, has settled within ten of these. */
const SPELL_MS = 100;
const SPELLS = 10;

/**
 * Owns: how long a replay waits for code that does not ask for what is recorded: one strand of it may wait for a promise of
 * its own, though others wait for the engine. A second for each; mostly it does not fit, and that is to be told soon.
 * Invariants: it is a second of this process's work: one that was stopped, or kept busy, has every promise settle that could have.
 */
export class OwnPromises {
  readonly #clock: Clock;
  readonly #wakeup: Wakeup;
  #missing: Place | null = null;
  /** What was waited for in vain before something later was handed over. */
  #passedOver: Place | null = null;
  #spells = SPELLS;
  #until: number | null = null;

  constructor(clock: Clock, wakeup: Wakeup) {
    this.#clock = clock;
    this.#wakeup = wakeup;
  }

  /** The code was handed something that it has asked for since: it has come further, and may wait for another promise. */
  wentOn(): void {
    this.#missing = null;
  }

  /**
   * As `settle`, before something that was recorded later is handed over. Only once for each: code that was changed may ask for it in
   * the end, or never.
   */
  async settleFirst(missing: Place): Promise<boolean> {
    if (missing === this.#passedOver) return false;
    const settled = await this.settle(missing);
    if (!settled) this.#passedOver = missing;
    return settled;
  }

  /** Waits until something has happened, at least to the clock; false: the time for what is missing is over. */
  async settle(missing: Place): Promise<boolean> {
    const now = this.#clock.monotonic();
    if (missing !== this.#missing) {
      this.#missing = missing;
      this.#spells = SPELLS;
      this.#until = null;
    }
    if (this.#until !== null && now >= this.#until) {
      this.#spells -= 1;
      this.#until = null;
    }
    if (this.#spells === 0) return false;
    this.#until ??= now + SPELL_MS;
    const cancel = this.#clock.setTimer(this.#until - now, () => this.#wakeup.notify());
    await this.#wakeup.wait();
    cancel();
    return true;
  }
}
