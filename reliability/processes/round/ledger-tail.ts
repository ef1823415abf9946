import { closeSync, openSync, readSync } from "node:fs";
import type { LedgerRecord } from "../ledger/ledger-record.ts";

const CHUNK_BYTES = 1 << 16;

/** Follows a ledger while it grows. */
export class LedgerTail {
  readonly records: LedgerRecord[] = [];
  readonly #path: string;
  #position = 0;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes in what was appended; gives all records so far. */
  read(): readonly LedgerRecord[] {
    const file = openSync(this.#path, "r");
    try {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      for (;;) {
        const length = readSync(file, chunk, 0, CHUNK_BYTES, this.#position);
        if (length === 0) return this.records;
        this.#position += length;
        this.#take(chunk.toString("latin1", 0, length));
      }
    } finally {
      closeSync(file);
    }
  }

  /** The rig writes nothing but ASCII: a line may be cut anywhere. */
  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() as string;
    for (const line of lines) this.records.push(JSON.parse(line) as LedgerRecord);
  }
}
