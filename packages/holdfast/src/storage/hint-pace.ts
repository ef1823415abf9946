/** So many hints in a row may come for nothing before they are held back. */
const FREE = 16;
/** The longest that one is held back. */
const LONGEST_PAUSE_MS = 20;

/**
 * Owns: how long a hint is held back after others that came for nothing, so that a storage that hints all the time holds up
 * nobody else in the process.
 */
export class HintPace {
  #vain = 0;

  /** A hint has come: milliseconds until it is to be taken up. */
  next(): number {
    this.#vain += 1;
    return Math.min(Math.max(0, this.#vain - FREE), LONGEST_PAUSE_MS);
  }

  /** There was something. */
  found(): void {
    this.#vain = 0;
  }
}
