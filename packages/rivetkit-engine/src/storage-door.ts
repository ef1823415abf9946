import { defaultCodec, type Journal, KeySpace, loadJournal } from "holdfast/embedding";
import { HostedDriver } from "./driver/hosted-driver.ts";
import { OWN_PREFIXES } from "./driver/own-keys.ts";
import { RUN_ID } from "./driver/run-id.ts";
import { encodeCbor } from "./format/cbor-writer.ts";
import { entryKey, metadataKey, RunKey, runKey } from "./format/tuple-keys.ts";
import { storageOf } from "./history/journal-view.ts";
import type { EngineDriver } from "./model/driver.ts";
import type { EntryMetadata, Location, Storage } from "./model/history.ts";
import { createStorage, getOrCreateMetadata } from "./storage.ts";
import { forgetPrefix, readRecordedRun, writeRecordedRun } from "./storage-io.ts";

/** Deletions that go with a write of the history. */
interface PendingDeletions {
  prefixes: Uint8Array[];
  keys: Uint8Array[];
  ranges: { start: Uint8Array; end: Uint8Array }[];
}

/** What a driver holds, whichever engine has written it. */
export async function loadStorage(driver: EngineDriver): Promise<Storage> {
  const journal = await ownJournal(driver);
  if (journal !== null) return storageOf(journal);
  return (await readRecordedRun(driver))?.storage ?? createStorage();
}

/** The metadata of an entry; they come with `loadStorage`. */
export async function loadMetadata(
  storage: Storage,
  _driver: EngineDriver,
  entryId: string,
): Promise<EntryMetadata> {
  return getOrCreateMetadata(storage, entryId);
}

/**
 * Writes what is dirty, in the form of RivetKit's own engine; the next `runWorkflow` takes it over. A history of
 * Holdfast's is replaced as a whole: for inspectors and tests, not for runs at work.
 */
export async function flush(
  storage: Storage,
  driver: EngineDriver,
  onHistoryUpdated?: () => void,
  pendingDeletions?: PendingDeletions,
): Promise<void> {
  const journal = await ownJournal(driver);
  if (journal !== null) await writeInputOf(journal, storage, driver);
  const written = await writeRecordedRun(storage, driver);
  if (journal !== null) for (const prefix of OWN_PREFIXES) await driver.deletePrefix(prefix);
  const { prefixes = [], keys = [], ranges = [] } = pendingDeletions ?? {};
  for (const prefix of prefixes) await driver.deletePrefix(prefix);
  for (const { start, end } of ranges) await driver.deleteRange(start, end);
  for (const key of keys) await driver.delete(key);
  if (written) onHistoryUpdated?.();
}

/** Forgets the entries at and under a location. */
export async function deleteEntriesWithPrefix(
  storage: Storage,
  driver: EngineDriver,
  prefixLocation: Location,
  onHistoryUpdated?: () => void,
): Promise<void> {
  const forgotten = forgetPrefix(storage, prefixLocation);
  if ((await ownJournal(driver)) !== null) return flush(storage, driver, onHistoryUpdated);
  await driver.deletePrefix(entryKey(prefixLocation));
  for (const { id } of forgotten) await driver.delete(metadataKey(id));
  if (forgotten.length > 0) onHistoryUpdated?.();
}

async function ownJournal(driver: EngineDriver): Promise<Journal | null> {
  return (await loadJournal(RUN_ID, new HostedDriver(driver, null)))?.journal ?? null;
}

/** Makes everything dirty, so that the whole history is written, and with it the input. */
async function writeInputOf(journal: Journal, storage: Storage, driver: EngineDriver): Promise<void> {
  for (const entry of storage.history.entries.values()) entry.dirty = true;
  for (const metadata of storage.entryMetadata.values()) metadata.dirty = true;
  storage.flushedNameCount = 0;
  delete storage.flushedState;
  delete storage.flushedOutput;
  delete storage.flushedError;
  const input = journal.single(KeySpace.input);
  const value = input === null ? undefined : defaultCodec.decode(input);
  await driver.set(runKey(RunKey.input), encodeCbor(value));
}
