import type { KVEntry } from "./records.ts";

/** What one page of a listing may hold. */
export interface PageSize {
  readonly rows: number;
  /** A page ends with the row that reaches this many bytes, so it never comes without a row. */
  readonly bytes: number;
}

/** The size of a page when the caller names none: bounded, so that a long history is read in pieces. */
export const DEFAULT_PAGE: PageSize = Object.freeze({ rows: 4_096, bytes: 8 * 1024 * 1024 });

/** A limit that is none: more than a run can have of rows or messages, and a number that every storage takes. */
export const NO_LIMIT = 2 ** 31 - 1;

/** A page with exactly the caller's limit of rows. */
export function pageOf(limit: number | undefined): PageSize {
  return limit === undefined ? DEFAULT_PAGE : { rows: limit, bytes: Number.POSITIVE_INFINITY };
}

/** Gathers pairs until the page is full. */
export class PageBuilder {
  readonly entries: KVEntry[] = [];
  #bytes = 0;
  readonly #size: PageSize;

  constructor(size: PageSize) {
    this.#size = size;
  }

  get full(): boolean {
    return this.entries.length >= this.#size.rows || this.#bytes >= this.#size.bytes;
  }

  add(entry: KVEntry): void {
    this.entries.push(entry);
    this.#bytes += entry.key.length + entry.value.length;
  }
}
