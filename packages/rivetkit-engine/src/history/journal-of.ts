import {
  defaultCodec,
  EMPTY_DIGEST,
  type Entry,
  encodeFailure,
  encodeRunFailure,
  Journal,
  KeySpace,
  newEntry,
  type Place,
  SegmentType,
} from "holdfast/embedding";
import { RUN_ID } from "../driver/run-id.ts";
import { isLoopIterationMarker, locationToKey, resolveName } from "../location.ts";
import type { Location, Storage } from "../model/history.ts";
import type { RecordedRun } from "../storage-io.ts";
import type { RollbackCause } from "./recorded-end.ts";
import { endOf } from "./recorded-end.ts";
import { type EntryChange, settledEntry } from "./recorded-entry.ts";
import { inOrder, type Recorded } from "./recorded-order.ts";
import { recordedWaits } from "./recorded-waits.ts";

/** A recorded run in the engine's form, and how it is committed. */
export interface JournalOf {
  readonly journal: Journal;
  readonly intent: ReturnType<typeof endOf>["intent"];
  /** Messages that the history has, and that may still be in the host's queue. */
  readonly held: readonly string[];
}

/**
 * Owns: a history of RivetKit's own engine as a journal. Results keep the order in which they were recorded; what that
 * engine does not record (which steps have handlers, when a retry is due) is found out by the next replay.
 */
export function journalOf(recorded: RecordedRun, at: { now: number; seed: Uint8Array }): JournalOf {
  const { storage, input } = recorded;
  const end = endOf(storage, at.now);
  const journal = newJournal(storage, at, end.rollback);
  const { waits, parts } = recordedWaits(storage);
  const builder = new Builder(journal, storage);
  for (const item of inOrder(storage, waits, parts)) builder.add(item);
  journal.setSingle(KeySpace.input, defaultCodec.encode(input, "input"));
  if (end.output !== undefined)
    journal.setSingle(KeySpace.output, defaultCodec.encode(end.output.value, "output"));
  if (end.error !== null) {
    const failure = { failure: encodeFailure(end.error), origins: builder.failed, rollbackFailure: null };
    journal.setSingle(KeySpace.error, encodeRunFailure(failure));
  }
  const held = waits.flatMap(({ messages }) =>
    messages.filter(({ completed }) => !completed).map(({ id }) => id),
  );
  return { journal, intent: end.intent, held };
}

function newJournal(
  storage: Storage,
  { now, seed }: { now: number; seed: Uint8Array },
  rollback: RollbackCause,
): Journal {
  let createdAt = now;
  for (const metadata of storage.entryMetadata.values())
    if (metadata.createdAt > 0) createdAt = Math.min(createdAt, metadata.createdAt);
  const journal = new Journal(RUN_ID, {
    status: "pending",
    epoch: 0,
    revision: 0,
    sequence: 0,
    wakeAt: null,
    workflowName: "workflow",
    workflowVersion: null,
    createdAt,
    lastTime: createdAt,
    seed,
    digest: EMPTY_DIGEST,
    rollback,
    pause: null,
    barrenStarts: 0,
    checkpointAt: 0,
  });
  return journal;
}

/** Puts recorded entries in their places, one after the other. */
class Builder {
  /** Keys of the failed steps: what `recover` resets. */
  readonly failed: Uint8Array[] = [];
  readonly #journal: Journal;
  readonly #storage: Storage;

  constructor(journal: Journal, storage: Storage) {
    this.#journal = journal;
    this.#storage = storage;
  }

  add(item: Recorded): void {
    const place = this.#place(item.location);
    if ("messages" in item) {
      this.#write(place, "message", item.change);
      for (const [index, message] of item.messages.entries()) {
        if (!message.completed) continue;
        const answer = place.child({ type: SegmentType.answer, value: index });
        const result = defaultCodec.encode(undefined, "answer");
        this.#write(answer, "answer", { status: "completed", result });
      }
      return;
    }
    const name = this.#nameOf(item.location);
    const made = settledEntry(item, name, this.#storage.entryMetadata.get(item.id));
    if (made === null) return;
    this.#write(place, made.kind, made.change);
    if (made.kind === "rollback_checkpoint" && this.#journal.checkpointAt === 0)
      this.#journal.checkpointAt = this.#journal.sequence;
    if (made.kind === "step" && made.change.status === "failed") this.failed.push(place.key);
  }

  #write(place: Place, kind: Entry["kind"], change: EntryChange): void {
    const { createdAt = this.#journal.lastTime, ...rest } = change;
    const entry: Entry = { ...newEntry(kind, createdAt, this.#journal.sequence), ...rest };
    const settled = entry.status !== "pending";
    const settledAt = entry.settledAt || (settled ? createdAt : 0);
    if (settled) this.#journal.lastTime = Math.max(this.#journal.lastTime, settledAt);
    const sequence = settled ? this.#journal.nextSequence() : 0;
    this.#journal.write(place, { ...entry, settledAt, sequence });
  }

  #nameOf(location: Location): string {
    const last = location.at(-1);
    return typeof last === "number" ? resolveName(this.#storage, last) : "";
  }

  /** Names under a join or race are branches; a loop's iterations are marked as such. */
  #place(location: Location): Place {
    let place = this.#journal.root;
    for (const [depth, segment] of location.entries()) {
      if (isLoopIterationMarker(segment)) {
        place = place.child({ type: SegmentType.iteration, value: segment.iteration });
        continue;
      }
      const index = this.#journal.nameIndex(resolveName(this.#storage, segment));
      const type = this.#isBlock(location.slice(0, depth)) ? SegmentType.branch : SegmentType.name;
      place = place.child({ type, value: index });
    }
    return place;
  }

  #isBlock(location: Location): boolean {
    if (location.length === 0) return false;
    const kind = this.#storage.history.entries.get(locationToKey(this.#storage, location))?.kind.type;
    return kind === "join" || kind === "race";
  }
}
