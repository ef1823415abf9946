import type { Clock } from "../../model/clock.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import { HintPace } from "../../storage/hint-pace.ts";

/** Why the storage need not tell any more; made once, because an abort without a reason makes an error each time. */
const LISTENED = new Error("nobody waits for this hint any more");

/** How long after a hint that failed there is a look all the same. */
const AFTER_FAILURE_MS = 1_000;

/** What hints are asked of. */
export type HintSource = Pick<EngineDriver, "waitForMessages">;

/**
 * Owns: asking the storage to tell when a message may be there.
 * Invariants: hints only make a look come sooner (I19): where they fail the clock tells, and those that come again and again
 * for nothing come ever less often, so that they hold up nobody else in the process.
 */
export class Hints {
  readonly #clock: Clock;
  #asked: AbortController | null = null;
  #cancelPause: () => void = () => {};
  readonly #pace: HintPace = new HintPace();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the storage is asked from now on, and was not before. */
  listen(source: HintSource, names: readonly string[] | null, arrived: () => void): boolean {
    if (this.#asked !== null) return false;
    const asked = new AbortController();
    this.#asked = asked;
    const told = (): void => {
      this.#asked = null;
      arrived();
    };
    const hear = async (): Promise<void> => source.waitForMessages(names, asked.signal);
    hear().then(
      () => asked.signal.aborted || this.#hint(told),
      () => asked.signal.aborted || this.#after(AFTER_FAILURE_MS, told),
    );
    return true;
  }

  #hint(told: () => void): void {
    const pauseMs = this.#pace.next();
    if (pauseMs === 0) told();
    else this.#after(pauseMs, told);
  }

  #after(pauseMs: number, told: () => void): void {
    this.#cancelPause = this.#clock.setTimer(pauseMs, told);
  }

  /** There was something. */
  found(): void {
    this.#pace.found();
  }

  stop(): void {
    this.#asked?.abort(LISTENED);
    this.#asked = null;
    this.#cancelPause();
  }
}
