import type { Entry } from "./entry.ts";
import type { Place } from "./place.ts";

/** A place and what stands there. */
export interface Standing {
  readonly place: Place;
  readonly entry: Entry;
}

/**
 * Owns: what stood at the places that have changed since a write set was taken. A commit takes a while, and what comes meanwhile is not
 * part of it: whoever looks at what is stored is shown this instead.
 */
export class Superseded {
  readonly #before: Map<Place, Entry | null> = new Map();

  /** The place is about to change. */
  note(place: Place): void {
    if (!this.#before.has(place)) this.#before.set(place, place.entry);
  }

  /** A write set is taken: what stands now is what it leaves. */
  clear(): void {
    this.#before.clear();
  }

  /** What stood below a place when the last write set was taken, in no promised order. */
  *entries(root: Place): Iterable<Standing> {
    for (const place of root.entries()) if (!this.#before.has(place)) yield { place, entry: place.entry };
    for (const [place, entry] of this.#before) if (entry !== null) yield { place, entry };
  }
}
