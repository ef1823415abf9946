import type { Clock } from "../../model/clock.ts";

/** What is to be left waits so long for what it is at. */
export const PATIENCE_MS = 5_000;

/**
 * Owns: how long work is waited for that may never answer, such as a schema or a codec: for ever, until what it is done for
 * is to be left, and for five seconds from then on; not at all, nor for anything else, once that is lost.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #isLeft: () => boolean;
  #limitMs = PATIENCE_MS;
  #onHurry: (() => void) | null = null;
  #endPause: (() => void) | null = null;

  /** `isLeft`: whether it is to be left already. */
  constructor(clock: Clock, isLeft: () => boolean) {
    this.#clock = clock;
    this.#isLeft = isLeft;
  }

  /** It is to be left. */
  hurry(): void {
    this.#onHurry?.();
    this.#endPause?.();
  }

  /** It is lost: what is at work has its turn to answer, and no more. */
  cut(): void {
    this.#limitMs = 0;
    this.hurry();
  }

  /** What `work` gives; null when it has taken too long. One work at a time. */
  wait<Value>(work: Promise<Value>): Promise<{ readonly value: Value } | null> {
    return new Promise((resolve, reject) => {
      let limitMs = Number.POSITIVE_INFINITY;
      let cancel = (): void => {};
      const hurry = (): void => {
        if (this.#limitMs >= limitMs) return;
        limitMs = this.#limitMs;
        cancel();
        cancel = this.#clock.setTimer(limitMs, () => resolve(null));
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

  /** Resolves after so many milliseconds, or when it is to be left. One pause at a time. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#endPause = null;
        cancel();
        resolve();
      };
      const cancel = this.#clock.setTimer(ms, end);
      this.#endPause = end;
    });
  }
}
