import { locationToKey } from "./location.ts";
import type {
  Entry,
  EntryKind,
  EntryMetadata,
  Location,
  Storage,
  WorkflowHistorySnapshot,
} from "./model/history.ts";

/** A history without entries. */
export function createStorage(): Storage {
  return {
    nameRegistry: [],
    flushedNameCount: 0,
    history: { entries: new Map() },
    entryMetadata: new Map(),
    state: "pending",
  };
}

/** A version 4 UUID. */
export function generateId(): string {
  return crypto.randomUUID();
}

/** A new entry that is not written yet. */
export function createEntry(location: Location, kind: EntryKind): Entry {
  return { id: generateId(), location, kind, dirty: true };
}

export function getEntry(storage: Storage, location: Location): Entry | undefined {
  return storage.history.entries.get(locationToKey(storage, location));
}

export function setEntry(storage: Storage, location: Location, entry: Entry): void {
  storage.history.entries.set(locationToKey(storage, location), entry);
}

/** The metadata of an entry, made when there is none. */
export function getOrCreateMetadata(storage: Storage, entryId: string): EntryMetadata {
  const known = storage.entryMetadata.get(entryId);
  if (known !== undefined) return known;
  const metadata: EntryMetadata = {
    status: "pending",
    attempts: 0,
    lastAttemptAt: 0,
    createdAt: Date.now(),
    dirty: true,
  };
  storage.entryMetadata.set(entryId, metadata);
  return metadata;
}

/** A copy for observers: what happens to it changes nothing, and what happens later does not show in it. */
export function createHistorySnapshot(storage: Storage): WorkflowHistorySnapshot {
  const entries = [...storage.history.entries.values()].map(({ dirty: _, ...entry }) => ({
    ...entry,
    location: [...entry.location],
    kind: { ...entry.kind, data: { ...entry.kind.data } } as EntryKind,
  }));
  const metadata = Array.from(storage.entryMetadata, ([id, { dirty: _, ...rest }]) => [id, rest] as const);
  return { nameRegistry: [...storage.nameRegistry], entries, entryMetadata: new Map(metadata) };
}
