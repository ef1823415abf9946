import { decodeCbor } from "./format/cbor-reader.ts";
import { encodeCbor } from "./format/cbor-writer.ts";
import { decodeEntry, encodeEntry } from "./format/entry-codec.ts";
import { decodeMetadata, encodeMetadata } from "./format/metadata-codec.ts";
import {
  entryKey,
  metadataKey,
  nameIndexOf,
  nameKey,
  RunKey,
  runKey,
  Space,
  spacePrefix,
} from "./format/tuple-keys.ts";
import { isLocationPrefix, locationToKey } from "./location.ts";
import type { EngineDriver, KVWrite } from "./model/driver.ts";
import type {
  Entry,
  EntryMetadata,
  Location,
  Storage,
  WorkflowError,
  WorkflowState,
} from "./model/history.ts";
import { createStorage } from "./storage.ts";

/** A history that RivetKit's own engine has written. */
export interface RecordedRun {
  readonly storage: Storage;
  readonly input: unknown;
}

/** What RivetKit's own engine has stored; null when it has stored nothing. */
export async function readRecordedRun(driver: EngineDriver): Promise<RecordedRun | null> {
  const state = await driver.get(runKey(RunKey.state));
  const input = await driver.get(runKey(RunKey.input));
  const names = await driver.list(spacePrefix(Space.name));
  if (state === null && input === null && names.length === 0) return null;
  const storage = createStorage();
  storage.state = state === null ? "pending" : (new TextDecoder().decode(state) as WorkflowState);
  storage.flushedState = storage.state;
  for (const { key, value } of names)
    storage.nameRegistry[nameIndexOf(key)] = new TextDecoder().decode(value);
  storage.flushedNameCount = storage.nameRegistry.length;
  for (const { value } of await driver.list(spacePrefix(Space.entry))) {
    const entry = decodeEntry(value);
    storage.history.entries.set(locationToKey(storage, entry.location), entry);
  }
  for (const entry of storage.history.entries.values()) {
    const stored = await driver.get(metadataKey(entry.id));
    if (stored !== null) storage.entryMetadata.set(entry.id, decodeMetadata(stored));
  }
  await readEnd(driver, storage);
  return { storage, input: input === null ? undefined : decodeCbor(input) };
}

async function readEnd(driver: EngineDriver, storage: Storage): Promise<void> {
  const output = await driver.get(runKey(RunKey.output));
  const error = await driver.get(runKey(RunKey.error));
  if (output !== null) storage.output = storage.flushedOutput = decodeCbor(output);
  if (error !== null) storage.error = storage.flushedError = decodeCbor(error) as WorkflowError;
}

/** Removes everything that RivetKit's own engine has stored. */
export async function deleteRecordedRun(driver: EngineDriver): Promise<void> {
  for (const space of Object.values(Space)) await driver.deletePrefix(spacePrefix(space));
}

/** Writes what is dirty in the form of RivetKit's own engine, one batch. */
export async function writeRecordedRun(storage: Storage, driver: EngineDriver): Promise<boolean> {
  const writes: KVWrite[] = [];
  for (let i = storage.flushedNameCount; i < storage.nameRegistry.length; i++) {
    writes.push({ key: nameKey(i), value: new TextEncoder().encode(storage.nameRegistry[i] as string) });
  }
  const entries = [...storage.history.entries.values()].filter((entry) => entry.dirty);
  const metadata = [...storage.entryMetadata].filter(([, one]) => one.dirty);
  for (const entry of entries) writes.push({ key: entryKey(entry.location), value: encodeEntry(entry) });
  for (const [id, one] of metadata) writes.push({ key: metadataKey(id), value: encodeMetadata(one) });
  writes.push(...endWrites(storage));
  if (writes.length === 0) return false;
  await driver.batch(writes);
  settle(storage, entries, metadata);
  return true;
}

function endWrites(storage: Storage): KVWrite[] {
  const { state, output, error } = storage;
  const writes: KVWrite[] = [];
  if (state !== storage.flushedState)
    writes.push({ key: runKey(RunKey.state), value: new TextEncoder().encode(state) });
  if (output !== undefined && output !== storage.flushedOutput)
    writes.push({ key: runKey(RunKey.output), value: encodeCbor(output) });
  if (error !== undefined && error !== storage.flushedError)
    writes.push({ key: runKey(RunKey.error), value: encodeCbor(error) });
  return writes;
}

function settle(
  storage: Storage,
  entries: readonly Entry[],
  metadata: readonly (readonly [string, EntryMetadata])[],
): void {
  for (const entry of entries) entry.dirty = false;
  for (const [, one] of metadata) one.dirty = false;
  storage.flushedNameCount = storage.nameRegistry.length;
  storage.flushedState = storage.state;
  storage.flushedOutput = storage.output;
  if (storage.error !== undefined) storage.flushedError = storage.error;
}

/** Takes the entries at and under a location out of a history; returns the ids of those that were there. */
export function forgetPrefix(storage: Storage, prefix: Location): Entry[] {
  const forgotten: Entry[] = [];
  for (const [key, entry] of storage.history.entries) {
    if (!isLocationPrefix(prefix, entry.location)) continue;
    storage.history.entries.delete(key);
    storage.entryMetadata.delete(entry.id);
    forgotten.push(entry);
  }
  return forgotten;
}
