import type { KVEntry } from "../storage/records.ts";
import { type Digest, digestWith, digestWithout } from "./header.ts";
import { singleKey } from "./key.ts";
import { sealRow } from "./row.ts";

/** A row that a run has one of. */
interface SingleRow {
  readonly body: Uint8Array | null;
  readonly storedChecksum: number | null;
  readonly dirty: boolean;
}

/** Of a write set: what a run has one of. */
export interface TakenSingles {
  readonly puts: readonly KVEntry[];
  readonly deletes: readonly Uint8Array[];
  readonly digest: Digest;
  /** Nothing of the write set was applied. */
  readonly undo: () => void;
}

/**
 * Owns: the rows that a run has one of (input, output, error, hold and so on), by their key spaces, and which of them is not
 * written yet.
 */
export class SingleRows {
  readonly #runTag: number;
  readonly #rows: Map<number, SingleRow> = new Map();
  #dirty = false;

  constructor(runTag: number) {
    this.#runTag = runTag;
  }

  get isDirty(): boolean {
    return this.#dirty;
  }

  get(space: number): Uint8Array | null {
    return this.#rows.get(space)?.body ?? null;
  }

  /** Null clears the row. */
  set(space: number, body: Uint8Array | null): void {
    const row = this.#rows.get(space);
    if (row === undefined && body === null) return;
    this.#rows.set(space, { body, storedChecksum: row?.storedChecksum ?? null, dirty: true });
    this.#dirty = true;
  }

  /** A row that is stored. */
  adopt(space: number, body: Uint8Array, checksum: number): void {
    this.#rows.set(space, { body, storedChecksum: checksum, dirty: false });
  }

  /** Takes what is to be written, with what it makes of the digest; null when there is nothing, as with most commits. */
  take(before: Digest): TakenSingles | null {
    if (!this.#dirty) return null;
    this.#dirty = false;
    const taken = [...this.#rows].filter(([, row]) => row.dirty);
    const puts: KVEntry[] = [];
    const deletes: Uint8Array[] = [];
    let digest = before;
    for (const [space, { body, storedChecksum }] of taken) {
      const key = singleKey(space);
      if (storedChecksum !== null) digest = digestWithout(digest, storedChecksum);
      if (body === null) {
        if (storedChecksum !== null) deletes.push(key);
        this.#rows.set(space, { body, storedChecksum: null, dirty: false });
        continue;
      }
      const { value, checksum } = sealRow(this.#runTag, key, body);
      digest = digestWith(digest, checksum);
      puts.push({ key, value });
      this.#rows.set(space, { body, storedChecksum: checksum, dirty: false });
    }
    return { puts, deletes, digest, undo: () => this.#putBack(taken) };
  }

  #putBack(taken: readonly [number, SingleRow][]): void {
    for (const [space, row] of taken) {
      const now = this.#rows.get(space);
      const { body } = now?.dirty === true ? now : row;
      this.#rows.set(space, { body, storedChecksum: row.storedChecksum, dirty: true });
    }
    this.#dirty = true;
  }
}
