import { defaultCodec, encodeMessages } from "holdfast/embedding";
import { compareLocations, locationToKey, resolveName } from "../location.ts";
import type { Entry, Location, Storage } from "../model/history.ts";
import type { EntryChange } from "./recorded-entry.ts";

/**
 * A wait for messages as RivetKit's own engine records it: an entry for the number of messages (`name:count`), one for
 * each (`name:0`, …), and one for the deadline (`name:deadline`). Here it is one entry.
 */
export interface RecordedWait {
  readonly location: Location;
  /** Of the part that has the oldest name: by it the wait stands among what was recorded around it. */
  readonly firstPart: Location;
  readonly change: EntryChange;
  readonly messages: readonly RecordedMessage[];
  /** When its first part was recorded; 0 when that is not known. */
  readonly createdAt: number;
}

interface RecordedMessage {
  readonly id: string;
  readonly name: string;
  readonly body: unknown;
  readonly createdAt: number;
  readonly completed: boolean;
}

const PART = /^(.*):(count|deadline|\d+)$/s;

/** The waits of a history, and the entries that they are made of. */
export function recordedWaits(storage: Storage): {
  waits: RecordedWait[];
  parts: ReadonlySet<Entry>;
} {
  const groups = new Map<string, { location: Location; name: string; parts: Map<string, Entry> }>();
  for (const entry of storage.history.entries.values()) {
    const part = partOf(storage, entry);
    if (part === null) continue;
    const key = JSON.stringify([locationToKey(storage, entry.location.slice(0, -1)), part.wait]);
    const group = groups.get(key) ?? { location: entry.location, name: part.wait, parts: new Map() };
    group.parts.set(part.part, entry);
    groups.set(key, group);
  }
  const waits: RecordedWait[] = [];
  const taken = new Set<Entry>();
  for (const { location, name, parts } of groups.values()) {
    // A message that somebody called `x:0` without a count, or a sleep called `x:deadline`, is what it is.
    if (!parts.has("count") && !isDeadlineOfWait(storage, name, parts)) continue;
    for (const entry of parts.values()) taken.add(entry);
    waits.push(waitOf(storage, [...location.slice(0, -1), nameIndex(storage, name)], parts));
  }
  return { waits, parts: taken };
}

function partOf(storage: Storage, { kind, location }: Entry): { wait: string; part: string } | null {
  const last = location.at(-1);
  if (typeof last !== "number" || (kind.type !== "message" && kind.type !== "sleep")) return null;
  const [, wait, part] = PART.exec(resolveName(storage, last)) ?? [];
  if (wait === undefined || part === undefined) return null;
  return (part === "deadline") === (kind.type === "sleep") ? { wait, part } : null;
}

/** A wait that has not ended has registered the name of its count. */
function isDeadlineOfWait(storage: Storage, name: string, parts: ReadonlyMap<string, Entry>): boolean {
  return parts.has("deadline") && storage.nameRegistry.includes(`${name}:count`);
}

function nameIndex(storage: Storage, name: string): number {
  const known = storage.nameRegistry.indexOf(name);
  return known >= 0 ? known : storage.nameRegistry.push(name) - 1;
}

function waitOf(storage: Storage, location: Location, parts: ReadonlyMap<string, Entry>): RecordedWait {
  const deadline = parts.get("deadline");
  const dueAt = deadline?.kind.type === "sleep" ? deadline.kind.data.deadline : null;
  const createdAt = Math.max(
    0,
    ...[...parts.values()].map(({ id }) => storage.entryMetadata.get(id)?.createdAt ?? 0),
  );
  const count = parts.get("count");
  const [firstPart = location] = [...parts.values()].map((part) => part.location).sort(compareLocations);
  if (count?.kind.type !== "message")
    return { location, firstPart, createdAt, messages: [], change: { status: "pending", dueAt } };
  const messages: RecordedMessage[] = [];
  for (let i = 0; i < Number(count.kind.data.data); i++) {
    const entry = parts.get(String(i));
    if (entry?.kind.type === "message") messages.push(messageOf(entry.id, entry.kind.data));
  }
  const result = encodeMessages(
    messages.map(({ id, name, body, createdAt: sentAt }) => ({
      id,
      name,
      createdAt: sentAt,
      completable: true,
      body: defaultCodec.encode(body, `message ${id}`),
    })),
  );
  return { location, firstPart, createdAt, messages, change: { status: "completed", dueAt, result } };
}

function messageOf(entryId: string, { name, data }: { name: string; data: unknown }): RecordedMessage {
  const told = data as Partial<RecordedMessage> & { __rivetWorkflowQueueMessage?: number };
  if (typeof data === "object" && data !== null && told.__rivetWorkflowQueueMessage === 1) {
    const { id = entryId, body, createdAt = 0, completed = false } = told;
    return { id, name: told.name ?? name, body, createdAt, completed };
  }
  return { id: entryId, name, body: data, createdAt: 0, completed: true };
}
