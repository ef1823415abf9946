import { AT_MOST } from "../../storage/at-most.ts";
import { keyAfter } from "../../storage/byte-order.ts";
import { PageBuilder, type PageSize } from "../../storage/page.ts";
import type { KeyRange, KVEntry } from "../../storage/records.ts";
import { bytesColumn, bytesOf, type SqliteRow, type Statements } from "./statements.ts";

/** Rows that are read at once: a page that ends by its bytes reads at most so many too far. */
const READ_ROWS = 64;

/** No number is among the keys: those sort before all bytes. */
const SELECT = `SELECT key, ${bytesColumn("value")} FROM holdfast_entries`;
const SCAN = `${SELECT} WHERE run = ? AND key >= ? ORDER BY key ${AT_MOST}`;
const SCAN_TO = `${SELECT} WHERE run = ? AND key >= ? AND key < ? ORDER BY key ${AT_MOST}`;
const PUT =
  "INSERT INTO holdfast_entries (run, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";

/** The table of history rows. */
export class EntryTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  scan(
    key: number,
    from: Uint8Array,
    to: Uint8Array | null,
    size: PageSize,
  ): { entries: KVEntry[]; more: boolean } {
    const page = new PageBuilder(size);
    let start = from;
    for (;;) {
      const wanted = Math.min(READ_ROWS, size.rows - page.entries.length + 1);
      const rows = this.#read(key, start, to, wanted).map(readEntry);
      for (const entry of rows) {
        if (page.full) return { entries: page.entries, more: true };
        page.add(entry);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < wanted) return { entries: page.entries, more: false };
      start = keyAfter(last.key);
    }
  }

  put(key: number, { key: rowKey, value }: KVEntry): void {
    this.#statements.run(PUT, key, rowKey, value);
  }

  delete(key: number, rowKey: Uint8Array): void {
    this.#statements.run("DELETE FROM holdfast_entries WHERE run = ? AND key = ?", key, rowKey);
  }

  deleteRange(key: number, { from, to }: KeyRange): void {
    this.#statements.run(
      "DELETE FROM holdfast_entries WHERE run = ? AND key >= ? AND key < ?",
      key,
      from,
      to,
    );
  }

  #read(key: number, from: Uint8Array, to: Uint8Array | null, limit: number): SqliteRow[] {
    if (to === null) return this.#statements.all(SCAN, key, from, limit);
    return this.#statements.all(SCAN_TO, key, from, to, limit);
  }
}

function readEntry(row: SqliteRow): KVEntry {
  return { key: bytesOf(row.key), value: bytesOf(row.value) };
}
