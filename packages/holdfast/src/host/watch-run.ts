import { isTerminal } from "../model/run.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";
import type { RunReader } from "./run-reader.ts";
import type { StoreSession } from "./store-session.ts";

/**
 * A snapshot now, and one after each commit that is seen, wherever the run is run; ends with the run, or when it is
 * deleted. A slow reader misses those in between, and holds up nobody (I35).
 */
export async function* watchRun(session: StoreSession, reader: RunReader): AsyncGenerator<HistorySnapshot> {
  let revision = 0;
  const look = async (): Promise<HistorySnapshot | null | undefined> => {
    const record = await reader.find();
    if (record === null) return null;
    return record.revision > revision ? reader.history() : undefined;
  };
  for (;;) {
    const snapshot = await session.news.until(reader.workflowId, look);
    if (snapshot === null || snapshot === undefined) return;
    revision = snapshot.revision;
    yield snapshot;
    if (isTerminal(snapshot.status)) return;
  }
}
