import { settleHeap } from "./heap.ts";

/** Counts which of the objects that it was shown have been collected. It keeps none of them. */
export class Collected {
  #shown = 0;
  #collected = 0;
  readonly #registry: FinalizationRegistry<null> = new FinalizationRegistry(() => {
    this.#collected += 1;
  });

  show(object: object): void {
    this.#shown += 1;
    this.#registry.register(object, null);
  }

  /** The share of the shown objects that is gone, after a collection. */
  async share(): Promise<number> {
    await settleHeap();
    return this.#collected / this.#shown;
  }
}
