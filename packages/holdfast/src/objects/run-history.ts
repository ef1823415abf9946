import type { HistorySnapshot, SnapshotEntry } from "../model/snapshot.ts";

/** An entry as plain data: with its result, and not a function that decodes it. */
export type HistoryEntry = Omit<SnapshotEntry, "output"> & { readonly output: unknown };

/** A run's history as plain data, which can be passed to another process. */
export type RunHistory = Omit<HistorySnapshot, "entries"> & { readonly entries: readonly HistoryEntry[] };

export async function readHistory(snapshot: HistorySnapshot): Promise<RunHistory> {
  const entries: HistoryEntry[] = [];
  for (const entry of snapshot.entries) entries.push({ ...entry, output: await entry.output() });
  return { ...snapshot, entries };
}

/** The snapshot that other handles give. */
export function snapshotOf(history: RunHistory): HistorySnapshot {
  const entries = history.entries.map(({ output, ...entry }) => ({ ...entry, output: () => output }));
  return { ...history, entries };
}
