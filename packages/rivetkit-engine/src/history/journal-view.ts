import {
  decodeFailure,
  decodeMessages,
  decodeRunFailure,
  defaultCodec,
  type Journal,
  KeySpace,
  type Place,
  type Segment,
  SegmentType,
} from "holdfast/embedding";
import { extractErrorInfo } from "../errors/error-info.ts";
import { hostedError } from "../errors/translate.ts";
import { compareLocations, locationToKey, registerName } from "../location.ts";
import type { Entry, EntryKind, EntryMetadata, Location, Storage } from "../model/history.ts";
import { createStorage } from "../storage.ts";
import { branchesOf } from "./branch-view.ts";
import { metadataOf } from "./metadata-view.ts";
import { hostedState } from "./run-state.ts";

/**
 * Owns: a run's journal as RivetKit's inspector knows histories. Blocks that only RivetKit's `try` makes, iterations,
 * answers and sent messages have no entries there; a wait for messages has several.
 */
export function storageOf(journal: Journal): Storage {
  const storage = createStorage();
  storage.nameRegistry.push(...journal.names);
  const drafts: Draft[] = [];
  for (const place of journal.root.entries()) drafts.push(...draftsOf(storage, journal, place));
  drafts.sort((a, b) => compareLocations(a.entry.location, b.entry.location));
  for (const { entry, metadata } of drafts) {
    storage.history.entries.set(locationToKey(storage, entry.location), entry);
    storage.entryMetadata.set(entry.id, metadata);
  }
  storage.flushedNameCount = storage.nameRegistry.length;
  readEnd(storage, journal);
  return storage;
}

function readEnd(storage: Storage, journal: Journal): void {
  const error = journal.single(KeySpace.error);
  const failure = error === null ? null : decodeRunFailure(error);
  storage.state = hostedState(journal.header.status, failure);
  storage.flushedState = storage.state;
  const output = journal.single(KeySpace.output);
  if (output !== null) storage.output = storage.flushedOutput = defaultCodec.decode(output);
  if (failure !== null)
    storage.error = storage.flushedError = extractErrorInfo(hostedError(decodeFailure(failure.failure)));
}

interface Draft {
  readonly entry: Entry;
  readonly metadata: EntryMetadata;
}

type Recorded = ReturnType<Place["entries"]> extends IterableIterator<infer Found> ? Found : never;

function draftsOf(storage: Storage, journal: Journal, place: Recorded): Draft[] {
  const location = locationOf(place);
  const id = journal.format(place);
  const metadata = metadataOf(place.entry);
  if (place.entry.kind === "message") return messageDrafts(storage, { place, location, id, metadata });
  const kind = kindOf(journal, place);
  return kind === null ? [] : [{ entry: { id, location, kind, dirty: false }, metadata }];
}

function kindOf(journal: Journal, place: Recorded): EntryKind | null {
  const { entry } = place;
  const completed = entry.status === "completed";
  const result = completed && entry.result !== null ? defaultCodec.decode(entry.result) : undefined;
  switch (entry.kind) {
    case "step": {
      const failure = entry.status === "failed" ? entry.result : entry.extra;
      const error = metadataOf(entry).error;
      return { type: "step", data: failure === null || error === undefined ? { output: result } : { error } };
    }
    case "loop": {
      const iteration = completed ? Math.max(0, entry.count - 1) : entry.count;
      const state = entry.extra === null ? undefined : defaultCodec.decode(entry.extra);
      return { type: "loop", data: completed ? { state, iteration, output: result } : { state, iteration } };
    }
    case "sleep":
      return {
        type: "sleep",
        data: { deadline: entry.dueAt ?? entry.settledAt, state: completed ? "completed" : "pending" },
      };
    case "rollback_checkpoint":
      return { type: "rollback_checkpoint", data: { name: nameOf(journal, place) } };
    case "join":
      return { type: "join", data: { branches: branchesOf(journal, place) } };
    case "race": {
      const winner = completed ? (result as { winner: string }).winner : null;
      return { type: "race", data: { winner, branches: branchesOf(journal, place) } };
    }
    case "version":
      return { type: "version_check", data: { resolved: entry.count, latest: entry.count } };
    default:
      return null;
  }
}

/** How many came, each of them, and the deadline. */
function messageDrafts(
  storage: Storage,
  wait: { place: Recorded; location: Location; id: string; metadata: EntryMetadata },
): Draft[] {
  const { place, location, id, metadata } = wait;
  const { entry } = place;
  const name = storage.nameRegistry[location.at(-1) as number] ?? "";
  const drafts: Draft[] = [];
  const add = (part: string, kind: EntryKind): void => {
    const at = [...location.slice(0, -1), registerName(storage, `${name}:${part}`)];
    drafts.push({ entry: { id: `${id}:${part}`, location: at, kind, dirty: false }, metadata });
  };
  if (entry.status === "completed") {
    const messages = entry.result === null ? [] : decodeMessages(entry.result);
    const names = [...new Set(messages.map((message) => message.name))].join("|");
    add("count", { type: "message", data: { name: `${names || "*"}:count`, data: messages.length } });
    for (const [index, message] of messages.entries()) {
      const answered = place.existing(SegmentType.answer, index)?.entry ?? null;
      const { id: messageId, name: messageName, createdAt } = message;
      const body = defaultCodec.decode(message.body);
      const told = { __rivetWorkflowQueueMessage: 1, id: messageId, name: messageName, body, createdAt };
      const data = { ...told, completed: answered !== null };
      add(String(index), { type: "message", data: { name: messageName, data } });
    }
  }
  if (entry.dueAt !== null) {
    const state = entry.status === "completed" ? "completed" : "pending";
    add("deadline", { type: "sleep", data: { deadline: entry.dueAt, state } });
  }
  return drafts;
}

/** A place as a location: names, branches and iterations. */
function locationOf(place: Place): Location {
  const location: Location = [];
  for (let at: Place | null = place; at !== null && at.segment !== null; at = at.parent) {
    const { type, value } = at.segment;
    if (type === SegmentType.iteration) {
      location.unshift({ loop: loopNameOf(at.parent?.segment ?? null), iteration: value });
    } else location.unshift(value);
  }
  return location;
}

function loopNameOf(segment: Segment | null): number {
  return segment?.value ?? 0;
}

function nameOf(journal: Journal, place: Place): string {
  return place.segment === null ? "" : journal.nameOf(place.segment.value);
}
