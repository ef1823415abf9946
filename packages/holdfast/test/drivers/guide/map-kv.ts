import type { KVChange, OrderedKV } from "../../../src/index.ts";

/** Stands for the platform's storage of one run: text keys, and an alarm. It outlives the process that works on it. */
export interface Platform {
  readonly rows: Map<string, Uint8Array>;
  alarm: number | null;
}

/** Two digits per byte: text in this form sorts as the bytes do. */
const textOf = (key: Uint8Array): string =>
  Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join("");
const keyOf = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));

export class MapKV implements OrderedKV {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  async get(key: Uint8Array) {
    return this.#platform.rows.get(textOf(key))?.slice() ?? null;
  }

  async list(prefix: Uint8Array, { after, limit }: { after?: Uint8Array; limit: number }) {
    const start = textOf(prefix);
    const behind = after === undefined ? "" : textOf(after);
    const found = [...this.#platform.rows]
      .filter(([text]) => text.startsWith(start) && (after === undefined || text > behind))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, limit);
    return found.map(([text, value]) => ({ key: keyOf(text), value: value.slice() }));
  }

  /** Ranges, deletes, puts, in this order. Here nothing can fail in between; elsewhere it is the platform's transaction. */
  async batch({ deleteRanges, deletes, puts }: KVChange) {
    const { rows } = this.#platform;
    for (const { from, to } of deleteRanges) {
      for (const text of [...rows.keys()]) if (textOf(from) <= text && text < textOf(to)) rows.delete(text);
    }
    for (const key of deletes) rows.delete(textOf(key));
    for (const { key, value } of puts) rows.set(textOf(key), value.slice());
  }

  async setAlarm(at: number | null) {
    this.#platform.alarm = at;
  }
}
