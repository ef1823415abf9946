import type { MemoryDriver } from "holdfast/memory";
import type { Entry } from "../../src/history/entry.ts";
import { decodeFailure } from "../../src/history/failure.ts";
import { loadJournal } from "../../src/history/journal-load.ts";
import { KeySpace } from "../../src/history/key.ts";
import { decodeMessages } from "../../src/history/message-record.ts";
import type { RunState } from "../../src/model/run.ts";
import { shown } from "./shown.ts";

/** What a storage holds of a run. */
export interface Recorded {
  readonly status: RunState | null;
  /** Why the run is held, if it is. */
  readonly held: string | null;
  /** Entries by location. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Locations of those that have their result. */
  readonly settled: ReadonlySet<string>;
}

export async function recordedIn(storage: MemoryDriver): Promise<Recorded> {
  const loaded = await loadJournal("run", storage);
  const entries = new Map<string, Entry>();
  if (loaded === null) return NOTHING;
  const { journal } = loaded;
  for (const place of journal.root.entries()) entries.set(journal.format(place), place.entry);
  const settled = [...entries].filter(([, { status }]) => status !== "pending").map(([location]) => location);
  const hold = journal.single(KeySpace.hold);
  const held = hold === null ? null : shown(decodeFailure(hold));
  return { status: journal.header.status, held, entries, settled: new Set(settled) };
}

/** Of a run that there is not. */
export const NOTHING: Recorded = { status: null, held: null, entries: new Map(), settled: new Set() };

/** Messages that two waits have received. */
export function* receivedTwice({ entries }: Recorded): IterableIterator<string> {
  const waits = new Map<string, string>();
  for (const [location, { kind, status, result }] of entries) {
    if (kind !== "message" || status !== "completed" || result === null) continue;
    for (const { id } of decodeMessages(result)) {
      const other = waits.get(id);
      if (other !== undefined) yield `both ${other} and ${location} received ${id}`;
      waits.set(id, location);
    }
  }
}

/** Results that are otherwise than they were. */
export function* changedResults(before: Recorded, after: Recorded): IterableIterator<string> {
  for (const location of before.settled) {
    const [then, now] = [before.entries.get(location), after.entries.get(location)];
    if (now === undefined || then === undefined) continue;
    if (now.status !== then.status || now.sequence !== then.sequence || now.kind !== then.kind)
      yield `the result of ${location} was number ${then.sequence}, ${then.status}, and is ${now.sequence}, ${now.status}`;
  }
}
