import type { Clock } from "../../model/clock.ts";

/** What is to be left waits so long for what it is at. */
export const PATIENCE_MS = 5_000;

/**
 * Owns: how long work is waited for that may never answer, such as a schema or a codec: for ever, until what it is done for
 * is to be left, and for five seconds from then on.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #isLeft: () => boolean;
  #onHurry: (() => void) | null = null;

  /** `isLeft`: whether it is to be left already. */
  constructor(clock: Clock, isLeft: () => boolean) {
    this.#clock = clock;
    this.#isLeft = isLeft;
  }

  /** It is to be left. */
  hurry(): void {
    this.#onHurry?.();
  }

  /** What `work` gives; null when it has taken too long. One work at a time. */
  wait<Value>(work: Promise<Value>): Promise<{ readonly value: Value } | null> {
    return new Promise((resolve, reject) => {
      let cancel = (): void => {};
      const hurry = (): void => {
        this.#onHurry = null;
        cancel = this.#clock.setTimer(PATIENCE_MS, () => resolve(null));
      };
      const ended = (): void => {
        if (this.#onHurry === hurry) this.#onHurry = null;
        cancel();
      };
      this.#onHurry = hurry;
      if (this.#isLeft()) hurry();
      work.then((value) => resolve({ value }), reject).finally(ended);
    });
  }
}
