/** Notices when nothing happens any more. */
export class Patience {
  readonly #limitMs: number;
  #seen = 0;
  #since = performance.now();

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** @throws Error when the number has stayed the same for too long. */
  expectMore(seen: number): void {
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#since = performance.now();
    }
    if (performance.now() - this.#since > this.#limitMs) {
      throw new Error(`nothing has happened for ${this.#limitMs / 1_000} s`);
    }
  }
}
