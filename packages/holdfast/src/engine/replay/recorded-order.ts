import type { Place } from "../../history/place.ts";
import { SeldomMap } from "../../model/seldom.ts";
import { holdsArmed } from "./block.ts";
import { type Asked, unaskedOnTheWayTo } from "./unasked.ts";

/** A recorded result, and the number of its turn. */
interface Recorded {
  readonly place: Place;
  readonly sequence: number;
}

/**
 * Owns: which recorded results the code has still to ask for before a later one may be handed to it: what a strand of it asks for
 * once a promise of its own has settled comes no later than it did (P5).
 * Invariants: nothing is looked up before a number is missing, and then each recorded result once (P14).
 */
export class RecordedOrder {
  readonly #root: Place;
  readonly #asked: Asked;
  readonly #rollingBack: boolean;
  /** Blocks and iterations that have ended, and whether a rollback goes through them. */
  readonly #entered: SeldomMap<Place, boolean> = new SeldomMap();
  /** Those that come first are last; null before a number was missing. */
  #left: Recorded[] | null = null;

  /** `rollingBack`: what has ended is gone through again where there are handlers in it. */
  constructor(root: Place, asked: Asked, rollingBack: boolean) {
    this.#root = root;
    this.#asked = asked;
    this.#rollingBack = rollingBack;
  }

  /** The place that hides the first result recorded before this turn from the replay, if there is one. */
  unaskedBefore(turn: number): Place | undefined {
    this.#left ??= this.#recorded();
    for (let first = this.#left.at(-1); first !== undefined; first = this.#left.at(-1)) {
      if (first.sequence >= turn) return undefined;
      const unasked = unaskedOnTheWayTo(first.place, this.#root, this.#asked, (ended) =>
        this.#isEntered(ended),
      );
      if (unasked !== undefined) return unasked;
      this.#left.pop();
    }
    return undefined;
  }

  #isEntered(ended: Place): boolean {
    if (!this.#rollingBack) return false;
    const entered = this.#entered.get(ended) ?? holdsArmed(ended);
    this.#entered.set(ended, entered);
    return entered;
  }

  #recorded(): Recorded[] {
    const recorded: Recorded[] = [];
    for (const place of this.#root.entries()) {
      const { status, leftover, sequence } = place.entry;
      if (place !== this.#root && status !== "pending" && !leftover) recorded.push({ place, sequence });
    }
    return recorded.sort((a, b) => b.sequence - a.sequence);
  }
}
