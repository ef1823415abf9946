import { hash } from "node:crypto";
import { decodeEntry } from "#holdfast/history/entry-codec.ts";
import { hex, KeySpace, type ParsedKey, parseKey } from "#holdfast/history/key.ts";
import { formatSegment } from "#holdfast/history/location.ts";
import { openRow } from "#holdfast/history/row.ts";
import { nameToldBy } from "#holdfast/history/row-names.ts";
import { runTagOf } from "#holdfast/history/run-tag.ts";
import type { KVEntry } from "#holdfast/index.ts";
import type { CommittedEntry } from "../ledger/ledger-record.ts";

/** Reads the rows of one run that pass by, as a bystander: names first, since entries refer to them. */
export class CommittedRows {
  readonly #tag: number;
  readonly #names: Map<number, string> = new Map();

  constructor(run: string) {
    this.#tag = runTagOf(run);
  }

  /** Learns the names among rows that were loaded. */
  learn(rows: readonly KVEntry[]): void {
    for (const { key, value } of rows) {
      const told = nameToldBy(key, openRow(this.#tag, key, value).body);
      if (told !== null) this.#names.set(told.index, told.name);
    }
  }

  /** The entries among rows that were committed. */
  read(rows: readonly KVEntry[]): CommittedEntry[] {
    this.learn(rows);
    return rows.flatMap((row) => {
      const parsed = parseKey(row.key);
      return parsed.space === KeySpace.entry ? [this.#entry(row, parsed)] : [];
    });
  }

  #entry({ key, value }: KVEntry, { segments }: ParsedKey): CommittedEntry {
    const entry = decodeEntry(openRow(this.#tag, key, value).body, hex(key));
    const nameOf = (index: number): string => this.#names.get(index) ?? `?${index}`;
    return {
      location: segments.map((segment) => formatSegment(segment, nameOf)).join("/"),
      kind: entry.kind,
      status: entry.status,
      sequence: entry.sequence,
      count: entry.count,
      armed: entry.armed,
      compensated: entry.compensation?.done === true,
      result: entry.result === null ? null : hash("sha1", entry.result),
    };
  }
}
