import type { KVEntry } from "../storage/records.ts";
import { BareReader } from "./bare.ts";
import { decodeEntryRow } from "./entry-codec.ts";
import { KeySpace, nameKey, parseKey } from "./key.ts";
import { type SealedRow, sealRecord } from "./row.ts";

/** The row of its own that tells a name. */
export function sealName(runTag: number, index: number, name: string): KVEntry & SealedRow {
  const key = nameKey(index);
  return { key, ...sealRecord(runTag, key, (out) => out.string(name)) };
}

/** A name of a run's registry. */
export interface ToldName {
  readonly index: number;
  readonly name: string;
}

/**
 * The name that a row tells, for those who read rows that pass by; null where it tells none. `body` is what its frame holds.
 * @throws CorruptionError
 */
export function nameToldBy(key: Uint8Array, body: Uint8Array): ToldName | null {
  const { space, segments } = parseKey(key);
  const index = segments.at(-1)?.value ?? -1;
  if (space === KeySpace.name) return { index, name: new BareReader(body, key).string() };
  const name = space === KeySpace.entry ? decodeEntryRow(body, key).name : null;
  return name === null ? null : { index, name };
}
