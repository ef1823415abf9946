import { isTerminal } from "../model/run.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";
import type { RunReader } from "./run-reader.ts";
import type { StoreSession } from "./store-session.ts";

/**
 * A snapshot now, and one after each commit that is seen, wherever the run is run; ends with the run, or when it is
 * deleted, though another one may have its id by then. A slow reader misses those in between, and holds up nobody (I35).
 */
export async function* watchRun(session: StoreSession, reader: RunReader): AsyncGenerator<HistorySnapshot> {
  let last: HistorySnapshot | null = null;
  const look = async (): Promise<HistorySnapshot | null | undefined> => {
    const record = await reader.find();
    if (record === null || (last !== null && isAnother(record, last))) return null;
    return record.revision > (last?.revision ?? 0) ? reader.history() : undefined;
  };
  for (;;) {
    const snapshot = await session.news.until(reader.workflowId, look);
    if (snapshot === null || snapshot === undefined) return;
    if (last !== null && isAnother(snapshot, last)) return;
    last = snapshot;
    yield snapshot;
    if (isTerminal(snapshot.status)) return;
  }
}

/** Of one run the creation stays, and revisions only grow. */
function isAnother(
  seen: Pick<HistorySnapshot, "createdAt" | "revision">,
  last: Pick<HistorySnapshot, "createdAt" | "revision">,
): boolean {
  return seen.createdAt !== last.createdAt || seen.revision < last.revision;
}
