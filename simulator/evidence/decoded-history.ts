import type { Entry } from "#holdfast/history/entry.ts";
import { decodeEntry } from "#holdfast/history/entry-codec.ts";
import { decodeHeader, type RunHeader } from "#holdfast/history/header.ts";
import { hex, KeySpace, type ParsedKey, parseKey } from "#holdfast/history/key.ts";
import { formatSegment } from "#holdfast/history/location.ts";
import { openRow } from "#holdfast/history/row.ts";
import { nameToldBy } from "#holdfast/history/row-names.ts";
import { runTagOf } from "#holdfast/history/run-tag.ts";
import { CorruptionError } from "#holdfast/model/errors/history-errors.ts";
import { compareBytes } from "#holdfast/storage/byte-order.ts";
import type { CommitBatch, KVEntry } from "#holdfast/storage/records.ts";

/** A row as it is stored. */
export interface StoredRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** What a batch made of one entry. */
export interface EntryChange {
  /** The entry's id in snapshots. */
  readonly path: string;
  readonly key: Uint8Array;
  /** Null: there was none. */
  readonly before: Entry | null;
  /** Null: it is removed. */
  readonly after: Entry | null;
}

/** What a batch changed, decoded. */
export interface DecodedChanges {
  readonly header: RunHeader | null;
  readonly entries: readonly EntryChange[];
  /** Rows that a run has one of (by their key space): the new body, or null when it is removed. */
  readonly singles: ReadonlyMap<number, Uint8Array | null>;
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

type Rows = Pick<CommitBatch, "header" | "puts" | "deletes" | "deleteRanges">;

/**
 * A run's rows, as a bystander keeps them who reads every batch that the storage applies: it shares no state with the
 * engine, so that what the engine believes can be held against it.
 */
export class DecodedHistory {
  readonly rows: Map<string, StoredRow> = new Map();
  readonly entries: Map<string, { readonly path: string; readonly key: Uint8Array; readonly entry: Entry }> =
    new Map();
  readonly singles: Map<number, Uint8Array> = new Map();
  readonly #tag: number;
  readonly #names: Map<number, string> = new Map();

  constructor(workflowId: string) {
    this.#tag = runTagOf(workflowId);
  }

  create(header: Uint8Array, entries: readonly KVEntry[]): DecodedChanges {
    return this.apply({ header, puts: entries, deletes: [], deleteRanges: [] });
  }

  apply(batch: Rows): DecodedChanges {
    const before = new Map<string, Entry | null>();
    const singles = new Map<number, Uint8Array | null>();
    const problems: string[] = [];
    for (const range of batch.deleteRanges) {
      for (const [id, { key }] of this.rows) {
        if (compareBytes(key, range.from) >= 0 && compareBytes(key, range.to) < 0)
          this.#remove(id, { before, singles });
      }
    }
    for (const key of batch.deletes) this.#remove(hex(key), { before, singles });
    this.#takeNames(batch.puts, problems);
    for (const row of batch.puts) this.#put(row, { before, singles, problems });
    const entries = [...before].map(([id, old]): EntryChange => {
      const now = this.entries.get(id);
      const key = now?.key ?? Buffer.from(id, "hex");
      return { path: now?.path ?? this.#pathOf(id), key, before: old, after: now?.entry ?? null };
    });
    return { header: this.#header(batch.header, problems), entries, singles, problems };
  }

  #remove(
    id: string,
    changed: { before: Map<string, Entry | null>; singles: Map<number, Uint8Array | null> },
  ): void {
    const row = this.rows.get(id);
    if (row === undefined) return;
    this.rows.delete(id);
    const entry = this.entries.get(id)?.entry;
    if (entry !== undefined) {
      if (!changed.before.has(id)) changed.before.set(id, entry);
      this.entries.delete(id);
      return;
    }
    const space = row.key[0] ?? 0;
    if (this.singles.delete(space)) changed.singles.set(space, null);
  }

  #put(
    row: KVEntry,
    changed: {
      before: Map<string, Entry | null>;
      singles: Map<number, Uint8Array | null>;
      problems: string[];
    },
  ): void {
    const id = hex(row.key);
    this.rows.set(id, row);
    try {
      const { space } = parseKey(row.key);
      const { body } = openRow(this.#tag, row.key, row.value);
      if (space === KeySpace.entry) {
        if (!changed.before.has(id)) changed.before.set(id, this.entries.get(id)?.entry ?? null);
        this.entries.set(id, { path: this.#pathOf(id), key: row.key, entry: decodeEntry(body, id) });
      } else if (space !== KeySpace.name) {
        this.singles.set(space, body);
        changed.singles.set(space, body);
      }
    } catch (error) {
      changed.problems.push(problemOf(`row ${id}`, error));
    }
  }

  /** Names first: entries of the same batch refer to them. */
  #takeNames(puts: readonly KVEntry[], problems: string[]): void {
    for (const { key, value } of puts) {
      try {
        const told = nameToldBy(key, openRow(this.#tag, key, value).body);
        if (told !== null) this.#names.set(told.index, told.name);
      } catch (error) {
        problems.push(problemOf(`the name in ${hex(key)}`, error));
      }
    }
  }

  #header(bytes: Uint8Array, problems: string[]): RunHeader | null {
    try {
      return decodeHeader(this.#tag, bytes);
    } catch (error) {
      problems.push(problemOf("the header", error));
      return null;
    }
  }

  #pathOf(id: string): string {
    return pathOf(parseKey(Buffer.from(id, "hex")), (index) => this.#names.get(index) ?? `?${index}`);
  }
}

function pathOf(key: ParsedKey, nameOf: (index: number) => string): string {
  return key.segments.map((segment) => formatSegment(segment, nameOf)).join("/");
}

function problemOf(what: string, error: unknown): string {
  if (!CorruptionError.is(error)) throw error;
  return `${what} cannot be read: ${error.message}`;
}
