/** A binary heap: the least item by its first rank comes first, of those that are equal in it the least by the next, and so on. */
export class Heap<Item> {
  #items: Item[] = [];
  readonly #ranks: readonly ((item: Item) => number)[];

  constructor(...ranks: readonly ((item: Item) => number)[]) {
    this.#ranks = ranks;
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
    for (const rank of this.#ranks) {
      const difference = rank(one) - rank(other);
      if (difference !== 0) return difference < 0;
    }
    return false;
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
