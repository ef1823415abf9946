import type { KVChange, OrderedKV } from "../drivers/kv/ordered-kv.ts";
import { compareBytes, listingStart, prefixEnd } from "../storage/byte-order.ts";
import type { KVEntry } from "../storage/records.ts";

/** An ordered namespace in memory, for tests of `kvDriver` and of what is built on it. */
export class MemoryOrderedKV implements OrderedKV {
  #rows: KVEntry[] = [];
  /** The alarm as it was set last. */
  alarm: number | null = null;
  /** Batches that were applied. */
  batches = 0;

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    return this.#rows.find((row) => compareBytes(row.key, key) === 0)?.value.slice() ?? null;
  }

  async list(
    prefix: Uint8Array,
    page: { readonly after?: Uint8Array; readonly limit: number },
  ): Promise<KVEntry[]> {
    const from = listingStart(prefix, page.after);
    const end = prefixEnd(prefix);
    const start = this.#indexOf(from);
    const stop = end === null ? this.#rows.length : this.#indexOf(end);
    return structuredClone(this.#rows.slice(start, Math.min(stop, start + page.limit)));
  }

  async batch(change: KVChange): Promise<void> {
    const { deleteRanges, deletes, puts } = structuredClone(change);
    const written = new Map(this.#rows.map((row) => [row.key.join(), row]));
    for (const { from, to } of deleteRanges) {
      for (const row of this.#rows) {
        if (compareBytes(from, row.key) <= 0 && compareBytes(row.key, to) < 0) written.delete(row.key.join());
      }
    }
    for (const key of deletes) written.delete(key.join());
    for (const row of puts) written.set(row.key.join(), row);
    this.#rows = [...written.values()].sort((a, b) => compareBytes(a.key, b.key));
    this.batches++;
  }

  async setAlarm(at: number | null): Promise<void> {
    this.alarm = at;
  }

  #indexOf(key: Uint8Array): number {
    const index = this.#rows.findIndex((row) => compareBytes(row.key, key) >= 0);
    return index < 0 ? this.#rows.length : index;
  }
}
