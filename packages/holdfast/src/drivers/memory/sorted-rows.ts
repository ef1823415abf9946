import { compareBytes } from "../../storage/byte-order.ts";
import type { KVEntry } from "../../storage/records.ts";

/** A block is cut in two when it has more rows than this: an insertion moves at most so many. */
const BLOCK_ROWS = 256;

/** Rows in ascending order of their keys, in blocks: inserting and deleting cost O(log n) and one block's move. */
export class SortedRows {
  /** Never an empty block. */
  readonly #blocks: KVEntry[][] = [];
  #size = 0;
  #bytes = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes of keys and values. */
  get bytes(): number {
    return this.#bytes;
  }

  put(row: KVEntry): void {
    const blockIndex = Math.max(0, this.#blockOf(row.key));
    const block = this.#blocks[blockIndex];
    if (block === undefined) {
      this.#blocks.push([row]);
      this.#count(row, 1);
      return;
    }
    const index = firstFrom(block, row.key);
    const old = block[index];
    if (old !== undefined && compareBytes(old.key, row.key) === 0) {
      block[index] = row;
      this.#count(old, -1);
    } else {
      block.splice(index, 0, row);
      if (block.length > BLOCK_ROWS) this.#blocks.splice(blockIndex + 1, 0, block.splice(block.length >>> 1));
    }
    this.#count(row, 1);
  }

  /** Deletes rows with `from <= key < to`. */
  deleteRange(from: Uint8Array, to: Uint8Array): void {
    let blockIndex = Math.max(0, this.#blockOf(from));
    for (let block = this.#blocks[blockIndex]; block !== undefined; block = this.#blocks[blockIndex]) {
      const start = firstFrom(block, from);
      const end = firstFrom(block, to);
      const ended = end < block.length;
      for (const row of block.splice(start, Math.max(0, end - start))) this.#count(row, -1);
      if (block.length === 0) this.#blocks.splice(blockIndex, 1);
      else blockIndex++;
      if (ended) return;
    }
  }

  /** Rows with `from <= key < to` (null: to the end), ascending. */
  *range(from: Uint8Array, to: Uint8Array | null): Generator<KVEntry> {
    let blockIndex = Math.max(0, this.#blockOf(from));
    let block = this.#blocks[blockIndex];
    let index = block === undefined ? 0 : firstFrom(block, from);
    while (block !== undefined) {
      for (let row = block[index]; row !== undefined; row = block[++index]) {
        if (to !== null && compareBytes(row.key, to) >= 0) return;
        yield row;
      }
      block = this.#blocks[++blockIndex];
      index = 0;
    }
  }

  #count(row: KVEntry, times: 1 | -1): void {
    this.#size += times;
    this.#bytes += times * (row.key.length + row.value.length);
  }

  /** Index of the last block whose first key is not behind `key`; -1 when all are. */
  #blockOf(key: Uint8Array): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#blocks[middle]?.[0] as KVEntry;
      if (compareBytes(first.key, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Index of the first row whose key is not before `key`. */
function firstFrom(block: readonly KVEntry[], key: Uint8Array): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes((block[middle] as KVEntry).key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
