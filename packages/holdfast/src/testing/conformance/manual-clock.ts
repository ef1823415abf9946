/** A store's clock that a case moves. */
export class ManualClock {
  /** Some instant in 2030. */
  #now = 1_893_456_000_000;

  now(): number {
    return this.#now;
  }

  advance(byMs: number): void {
    this.#now += byMs;
  }
}
