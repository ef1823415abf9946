/**
 * Owns: what is at work for code in a turn, beside the code itself: codecs.
 * Invariants: codecs may answer in any order, early or late, and code goes on in the order in which it asked, when it waits for nothing
 * but them, so that a replay does the same (P5).
 */
export class TurnWork {
  readonly #breath: () => Promise<void>;
  #running = 0;
  /** Settles when what was asked for last has been given to the code, and never fails. */
  #last: Promise<void> = Promise.resolve();
  #ended: (() => void) | null = null;

  /** `breath` lets all microtasks run out. */
  constructor(breath: () => Promise<void>) {
    this.#breath = breath;
  }

  get running(): boolean {
    return this.#running > 0;
  }

  /** Settles as `work` does, behind all that was added before. */
  add<Value>(work: Promise<Value>): Promise<Value> {
    this.#running += 1;
    const given = this.#give(work, this.#last);
    this.#last = settled(given);
    return given;
  }

  async #give<Value>(work: Promise<Value>, earlier: Promise<void>): Promise<Value> {
    try {
      await settled(work);
      await earlier;
      // However fast a codec is, the code has come to its end by then.
      await this.#breath();
      return await work;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.wake();
    }
  }

  /** Resolves when nothing is at work any more, or at `wake`. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  wake(): void {
    this.#ended?.();
  }
}

async function settled(work: Promise<unknown>): Promise<void> {
  await work.then(nothing, nothing);
}

function nothing(): void {}
