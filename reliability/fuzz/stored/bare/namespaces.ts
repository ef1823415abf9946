import { SortedRows } from "#holdfast/drivers/memory/sorted-rows.ts";
import type { KVChange, KVEntry, OrderedKV } from "#holdfast/index.ts";
import { keyAfter, listingStart, prefixEnd } from "#holdfast/storage/byte-order.ts";
import { type Cell, doubledOwners, type Image, OWNER } from "../image.ts";
import { kvShape } from "./kv-shape.ts";

/** One run's namespace: what is in it can be had and replaced at once. */
class Namespace implements OrderedKV {
  readonly rows = new SortedRows();

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    for (const row of this.rows.range(key, keyAfter(key))) return row.value.slice();
    return null;
  }

  async list(
    prefix: Uint8Array,
    page: { readonly after?: Uint8Array; readonly limit: number },
  ): Promise<KVEntry[]> {
    const found: KVEntry[] = [];
    for (const { key, value } of this.rows.range(listingStart(prefix, page.after), prefixEnd(prefix))) {
      if (found.length >= page.limit) break;
      found.push({ key: key.slice(), value: value.slice() });
    }
    return found;
  }

  async batch({ deleteRanges, deletes, puts }: KVChange): Promise<void> {
    for (const { from, to } of deleteRanges) this.rows.deleteRange(from, to);
    for (const key of deletes) this.rows.deleteRange(key, keyAfter(key));
    for (const { key, value } of puts) this.rows.put({ key: key.slice(), value: value.slice() });
  }

  async setAlarm(): Promise<void> {}
}

const START = new Uint8Array(0);

/** The namespaces of many runs. */
export class Namespaces {
  readonly #byOwner = new Map<Cell, Namespace>();

  of(owner: number): OrderedKV {
    return this.#namespace(owner);
  }

  read(): Image {
    const pairs = [...this.#byOwner].flatMap(([owner, { rows }]) =>
      Array.from(rows.range(START, null), ({ key, value }) => ({ [OWNER]: owner, key, value })),
    );
    return { pairs };
  }

  /** Replaces everything; gives the runs that have two pairs with one key, and then writes nothing. */
  write(image: Image): ReadonlySet<Cell> {
    const doubled = doubledOwners(kvShape, image);
    if (doubled.size > 0) return doubled;
    this.#byOwner.clear();
    for (const { run, key, value } of image.pairs ?? []) {
      this.#namespace(run ?? null).rows.put({ key: key as Uint8Array, value: value as Uint8Array });
    }
    return doubled;
  }

  #namespace(owner: Cell): Namespace {
    const namespace = this.#byOwner.get(owner) ?? new Namespace();
    this.#byOwner.set(owner, namespace);
    return namespace;
  }
}
