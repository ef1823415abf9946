import type { KVChange, OrderedKV } from "../drivers/kv/ordered-kv.ts";
import { SortedRows } from "../drivers/memory/sorted-rows.ts";
import { keyAfter, listingStart, prefixEnd } from "../storage/byte-order.ts";
import type { KVEntry } from "../storage/records.ts";

/** An ordered namespace in memory, for tests of `kvDriver` and of what is built on it. */
export class MemoryOrderedKV implements OrderedKV {
  readonly #rows = new SortedRows();
  /** The alarm as it was set last. */
  alarm: number | null = null;
  /** Batches that were applied. */
  batches = 0;

  /** Another namespace with what is in this one now. */
  copy(): MemoryOrderedKV {
    const copied = new MemoryOrderedKV();
    for (const row of this.#rows.range(new Uint8Array(0), null)) copied.#rows.put(structuredClone(row));
    copied.alarm = this.alarm;
    return copied;
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    for (const row of this.#rows.range(key, keyAfter(key))) return row.value.slice();
    return null;
  }

  async list(
    prefix: Uint8Array,
    page: { readonly after?: Uint8Array; readonly limit: number },
  ): Promise<KVEntry[]> {
    const found: KVEntry[] = [];
    for (const row of this.#rows.range(listingStart(prefix, page.after), prefixEnd(prefix))) {
      if (found.length >= page.limit) break;
      found.push({ key: row.key.slice(), value: row.value.slice() });
    }
    return found;
  }

  async batch({ deleteRanges, deletes, puts }: KVChange): Promise<void> {
    for (const { from, to } of deleteRanges) this.#rows.deleteRange(from, to);
    for (const key of deletes) this.#rows.deleteRange(key, keyAfter(key));
    for (const { key, value } of puts) this.#rows.put({ key: key.slice(), value: value.slice() });
    this.batches++;
  }

  async setAlarm(at: number | null): Promise<void> {
    this.alarm = at;
  }
}
