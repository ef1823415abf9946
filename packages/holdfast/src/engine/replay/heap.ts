/** A binary heap: the least item by `rank` first, and of those of one rank the least by `tie`. */
export class Heap<Item> {
  #items: Item[] = [];
  readonly #rank: (item: Item) => number;
  readonly #tie: (item: Item) => number;

  constructor(rank: (item: Item) => number, tie: (item: Item) => number = rank) {
    this.#rank = rank;
    this.#tie = tie;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(item, items[parent] as Item)) break;
      items[at] = items[parent] as Item;
      at = parent;
    }
    items[at] = item;
  }

  pop(): Item | undefined {
    const items = this.#items;
    const least = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return least;
    this.#sink(last);
    return least;
  }

  /** Drops all items but these; costs as much as there are items. */
  keep(wanted: (item: Item) => boolean): void {
    this.#items = this.#items.filter(wanted);
    for (let at = (this.#items.length >> 1) - 1; at >= 0; at--) this.#sink(this.#items[at] as Item, at);
  }

  #isBefore(one: Item, other: Item): boolean {
    const difference = this.#rank(one) - this.#rank(other);
    return difference < 0 || (difference === 0 && this.#tie(one) < this.#tie(other));
  }

  /** Puts the item at a free place, or below it, where it belongs. */
  #sink(item: Item, free = 0): void {
    const items = this.#items;
    let at = free;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = child + 1;
      if (right < items.length && this.#isBefore(items[right] as Item, items[child] as Item)) child = right;
      if (!this.#isBefore(items[child] as Item, item)) break;
      items[at] = items[child] as Item;
      at = child;
    }
    items[at] = item;
  }
}
