import {
  answerPlace,
  decodeFailure,
  decodeMessages,
  decodeRunFailure,
  defaultCodec,
  type Journal,
  KeySpace,
  type Place,
  recordedPayload,
  type Segment,
  SegmentType,
} from "holdfast/embedding";
import { extractErrorInfo } from "../errors/error-info.ts";
import { hostedError } from "../errors/translate.ts";
import { compareLocations, locationToKey, registerName } from "../location.ts";
import type {
  EntryKind,
  Location,
  Storage,
  WorkflowEntryMetadataSnapshot,
  WorkflowHistoryEntry,
  WorkflowHistorySnapshot,
} from "../model/history.ts";
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
  const { nameRegistry, drafts } = draftsOf(journal);
  storage.nameRegistry = nameRegistry;
  for (const { entry, metadata } of drafts) {
    const kept = { ...entry, location: [...entry.location], dirty: false };
    storage.history.entries.set(locationToKey(storage, entry.location), kept);
    storage.entryMetadata.set(entry.id, { ...metadata, dirty: false });
  }
  storage.flushedNameCount = storage.nameRegistry.length;
  readEnd(storage, journal);
  return storage;
}

/** The journal for observers, who look after each commit: what has not changed is the same object as before. */
export function snapshotOf(journal: Journal): WorkflowHistorySnapshot {
  const { nameRegistry, drafts } = draftsOf(journal);
  const entryMetadata = new Map(drafts.map(({ entry, metadata }) => [entry.id, metadata] as const));
  return { nameRegistry, entries: drafts.map(({ entry }) => entry), entryMetadata };
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
  readonly entry: WorkflowHistoryEntry;
  readonly metadata: WorkflowEntryMetadataSnapshot;
}

type Recorded = ReturnType<Place["entries"]> extends IterableIterator<infer Found> ? Found : never;

/** Entries never change: what was made of one that has ended is kept with it. */
const made: WeakMap<Recorded["entry"], Draft | null> = new WeakMap();

function draftsOf(journal: Journal): { nameRegistry: string[]; drafts: Draft[] } {
  const nameRegistry = [...journal.names];
  const drafts: Draft[] = [];
  for (const place of journal.root.entries()) {
    if (place.entry.kind === "message") drafts.push(...messageDrafts(nameRegistry, journal, place));
    else {
      const draft = draftOf(journal, place);
      if (draft !== null) drafts.push(draft);
    }
  }
  drafts.sort((a, b) => compareLocations(a.entry.location, b.entry.location));
  return { nameRegistry, drafts };
}

function draftOf(journal: Journal, place: Recorded): Draft | null {
  const { entry } = place;
  const known = made.get(entry);
  if (known !== undefined) return known;
  const kind = kindOf(journal, place);
  const shown = { id: journal.format(place), location: locationOf(place) };
  const draft = kind === null ? null : { entry: { ...shown, kind }, metadata: metadataOf(entry) };
  // How a block stands that has not ended shows in what is below it.
  if (entry.status !== "pending") made.set(entry, draft);
  return draft;
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
function messageDrafts(nameRegistry: string[], journal: Journal, place: Recorded): Draft[] {
  const { entry } = place;
  const location = locationOf(place);
  const id = journal.format(place);
  const metadata = metadataOf(entry);
  const name = nameRegistry[location.at(-1) as number] ?? "";
  const drafts: Draft[] = [];
  const add = (part: string, kind: EntryKind): void => {
    const at = [...location.slice(0, -1), registerName({ nameRegistry }, `${name}:${part}`)];
    drafts.push({ entry: { id: `${id}:${part}`, location: at, kind }, metadata });
  };
  if (entry.status === "completed") {
    const messages = entry.result === null ? [] : decodeMessages(entry.result);
    const names = [...new Set(messages.map((message) => message.name))].join("|");
    add("count", { type: "message", data: { name: `${names || "*"}:count`, data: messages.length } });
    for (const [index, message] of messages.entries()) {
      const answers = { wait: place, index, messages: messages.length };
      const answered = answerPlace(answers, Number.POSITIVE_INFINITY).entry;
      const { id: messageId, name: messageName, createdAt } = message;
      const body = defaultCodec.decode(recordedPayload(message.body));
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
