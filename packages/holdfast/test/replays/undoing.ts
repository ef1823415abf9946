import type { Recorded } from "./recorded.ts";

/** Follows what is undone of a run: every armed step that was committed, once, the last one first (P12). */
export class Undoing {
  /** Numbers of armed steps that were committed, by location. */
  readonly #armed: Map<string, number> = new Map();
  /** Locations in the order in which their handlers completed last. */
  #undone: string[] = [];

  /** What a pass has done, from what was recorded before it to what is now. */
  *follow(before: Recorded, undone: readonly string[], after: Recorded): IterableIterator<string> {
    for (const [location, { armed, sequence }] of after.entries)
      if (armed) this.#armed.set(location, sequence);
    for (const key of undone) {
      const location = key.slice("run/".length, -"/rollback".length);
      if (before.entries.get(location)?.compensation?.done === true) yield `${location} was undone again`;
      this.#undone = [...this.#undone.filter((other) => other !== location), location];
    }
  }

  /** What is wrong with the end. */
  *end({ status, entries }: Recorded): IterableIterator<string> {
    const handlers = [...entries.values()].map(({ compensation }) => compensation);
    const gaveUp = handlers.some((one) => one !== null && !one.done && one.failure !== null);
    if (status === "failed" && !gaveUp)
      for (const location of this.#armed.keys())
        if (entries.get(location)?.compensation?.done !== true) yield `${location} was never undone`;
    const order = this.#undone.map((location) => this.#armed.get(location) ?? 0);
    if (order.some((number, at) => number > (order[at - 1] ?? Number.POSITIVE_INFINITY)))
      yield `steps were undone in another order than the last one first: ${order}`;
  }
}
