/**
 * A set and a map that take next to no memory until something is put in. Engines hold many runs, most of what a run could
 * have it never has, and an empty `Set` takes more memory than an object of ten fields.
 */

export class SeldomSet<Item> implements Iterable<Item> {
  #items: Set<Item> | null = null;

  get size(): number {
    return this.#items?.size ?? 0;
  }

  has(item: Item): boolean {
    return this.#items?.has(item) ?? false;
  }

  add(item: Item): void {
    this.#items ??= new Set();
    this.#items.add(item);
  }

  delete(item: Item): boolean {
    return this.#items?.delete(item) ?? false;
  }

  [Symbol.iterator](): Iterator<Item> {
    return (this.#items ?? NOTHING)[Symbol.iterator]();
  }
}

export class SeldomMap<Key, Value> implements Iterable<[Key, Value]> {
  #items: Map<Key, Value> | null = null;

  get size(): number {
    return this.#items?.size ?? 0;
  }

  has(key: Key): boolean {
    return this.#items?.has(key) ?? false;
  }

  get(key: Key): Value | undefined {
    return this.#items?.get(key);
  }

  set(key: Key, value: Value): this {
    this.#items ??= new Map();
    this.#items.set(key, value);
    return this;
  }

  delete(key: Key): boolean {
    return this.#items?.delete(key) ?? false;
  }

  clear(): void {
    this.#items = null;
  }

  [Symbol.iterator](): Iterator<[Key, Value]> {
    return (this.#items ?? NOTHING)[Symbol.iterator]();
  }
}

const NOTHING: readonly never[] = [];
