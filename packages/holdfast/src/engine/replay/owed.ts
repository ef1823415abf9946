import type { Place } from "../../history/place.ts";
import { type Asked, unaskedOnTheWayTo } from "./unasked.ts";

/** A recorded operation, and the number of the completion in whose turn it was asked for. */
interface Recorded {
  readonly place: Place;
  readonly askedAfter: number;
}

/**
 * Owns: what of the operations that are recorded below a place the code has still to ask for in this replay, and since when.
 * Invariants: what was asked for once is looked at no more, so that looking after every turn costs one look at each operation in
 * all (P14).
 */
export class Owed {
  readonly #under: Place;
  readonly #asked: Asked;
  /** Those that were asked for first come last. */
  readonly #left: Recorded[];

  constructor(under: Place, asked: Asked) {
    this.#under = under;
    this.#asked = asked;
    this.#left = [];
    for (const place of under.entries()) {
      const { leftover, askedAfter } = place.entry;
      if (place !== under && !leftover) this.#left.push({ place, askedAfter });
    }
    this.#left.sort((a, b) => b.askedAfter - a.askedAfter);
  }

  /** The place that hides the first of them from the replay, if it was to be asked for by the end of `turn`. */
  by(turn: number): Place | undefined {
    for (let first = this.#left.at(-1); first !== undefined; first = this.#left.at(-1)) {
      const unasked = unaskedOnTheWayTo(first.place, this.#under, this.#asked);
      if (unasked !== undefined) return first.askedAfter <= turn ? unasked : undefined;
      this.#left.pop();
    }
    return undefined;
  }
}
