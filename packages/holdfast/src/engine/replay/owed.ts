import type { Entry } from "../../history/entry.ts";
import type { Place } from "../../history/place.ts";
import { type Asked, unaskedOnTheWayTo } from "./unasked.ts";

/** Which of the recorded operations are owed, and by when. */
export interface Owing {
  /** The number of the completion by the end of whose turn the operation must have been asked for; null: by none. */
  readonly dueBy: (entry: Entry) => number | null;
  /** Whether the code is run again below a place though it had come to its end there. @default nowhere */
  readonly isEntered?: (ended: Place) => boolean;
}

/** A recorded operation, and by when it is owed. */
interface Recorded {
  readonly place: Place;
  readonly dueBy: number;
}

/**
 * Owns: what of the operations that are recorded below a place the code has still to ask for in this replay, and by when.
 * Invariants: what was asked for once is looked at no more, so that looking after every turn costs one look at each operation in
 * all (P14).
 */
export class Owed {
  readonly #under: Place;
  readonly #asked: Asked;
  readonly #isEntered: Owing["isEntered"];
  /** Those that are due first come last. */
  readonly #left: Recorded[];

  constructor(under: Place, asked: Asked, { dueBy, isEntered }: Owing) {
    this.#under = under;
    this.#asked = asked;
    this.#isEntered = isEntered;
    this.#left = [];
    for (const place of under.entries()) {
      const due = place === under || place.entry.leftover ? null : dueBy(place.entry);
      if (due !== null) this.#left.push({ place, dueBy: due });
    }
    this.#left.sort((a, b) => b.dueBy - a.dueBy);
  }

  /** The place that hides the first of them from the replay, if it was to be asked for by the end of `turn`. */
  by(turn: number): Place | undefined {
    for (let first = this.#left.at(-1); first !== undefined; first = this.#left.at(-1)) {
      const unasked = unaskedOnTheWayTo(first.place, this.#under, this.#asked, this.#isEntered);
      if (unasked !== undefined) return first.dueBy <= turn ? unasked : undefined;
      this.#left.pop();
    }
    return undefined;
  }
}
