import { leavable } from "../engine/live/leavable.ts";
import { hex } from "../history/key.ts";
import { takeSnapshot } from "../history/snapshot.ts";
import { RunNotFoundError } from "../model/errors/run-errors.ts";
import { isTerminal } from "../model/run.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";
import type { RunRecord } from "../storage/store.ts";
import type { RunReader } from "./run-reader.ts";
import type { StoreSession } from "./store-session.ts";

/** A snapshot, and what tells the run from another one that has its id later. */
interface Sight {
  readonly createdAt: number;
  /** Drawn for each run: another one may have been created at the same instant. */
  readonly seed: string;
  readonly snapshot: HistorySnapshot;
  /** The newest claim under which it was found to be this run still. */
  epoch: number;
}

/**
 * A snapshot now, and one after each commit that is seen, wherever the run is run; ends with the run, when it is left, or when
 * the run is deleted, though another one may have its id by then. A slow reader misses those in between, and holds up
 * nobody (I35).
 */
export function watchRun(session: StoreSession, reader: RunReader): AsyncIterable<HistorySnapshot> {
  const left = new AbortController();
  return leavable(snapshots(session, reader, left.signal), () => {
    left.abort();
    session.news.tell(reader.workflowId);
  });
}

async function* snapshots(
  session: StoreSession,
  reader: RunReader,
  left: AbortSignal,
): AsyncGenerator<HistorySnapshot, void> {
  let last: Sight | null = null;
  const look = async (): Promise<Sight | null | undefined> =>
    left.aborted ? null : sightOf(session, reader, last);
  for (;;) {
    const sight = await session.news.until(reader.workflowId, look);
    if (sight === null || sight === undefined) return;
    last = sight;
    yield sight.snapshot;
    if (isTerminal(sight.snapshot.status)) return;
  }
}

/**
 * Undefined: nothing new; null: the run is gone.
 * @throws RunNotFoundError when there was none at the first look
 */
async function sightOf(
  session: StoreSession,
  reader: RunReader,
  last: Sight | null,
): Promise<Sight | null | undefined> {
  const record = last === null ? await reader.record() : await reader.find();
  if (record === null) return null;
  const gone = last !== null && isAnother(record, last);
  if (last !== null && !gone && isAsSeen(record, last)) return undefined;
  try {
    // What looks like another run's row may be this one's, damaged: reading the history tells.
    const journal = await reader.journal();
    const { createdAt, epoch } = record;
    const snapshot = takeSnapshot(journal, session.settings.codec);
    const sight: Sight = { createdAt, epoch, seed: hex(journal.header.seed), snapshot };
    if (gone || isAnother(await reader.record(), sight)) return null;
    if (last === null) return sight;
    if (sight.seed !== last.seed) return null;
    last.epoch = epoch;
    return snapshot.revision > last.snapshot.revision ? sight : undefined;
  } catch (error) {
    if (RunNotFoundError.is(error)) return null;
    throw error;
  }
}

/** Of one run the row says the same creation always, and revisions only grow. */
function isAnother(record: RunRecord, { createdAt, snapshot }: Sight): boolean {
  return record.createdAt !== createdAt || record.revision < snapshot.revision;
}

/** Nothing was committed. A run that nobody holds, claimed since all the same, may be another one that has come as far. */
function isAsSeen({ revision, epoch, lease }: RunRecord, last: Sight): boolean {
  return revision === last.snapshot.revision && (epoch === last.epoch || lease !== null);
}
