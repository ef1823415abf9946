/**
 * Owns: what is at work for code in a turn, beside the code itself: codecs.
 * Invariants: codecs may answer in any order, and code goes on in the order in which it asked, so that a replay does the same (P5).
 */
export class TurnWork {
  #running = 0;
  /** Settles when what was asked for last has been given to the code, and never fails. */
  #last: Promise<void> = Promise.resolve();
  #ended: (() => void) | null = null;

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
