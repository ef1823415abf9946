import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pause, until } from "../round/pause.ts";
import type { Harm } from "../round/play.ts";

/** Until the log is taken in after the reader has gone. */
const CHECKPOINT_MS = 20_000;

/** A reader that does not end while runs go on: the log cannot be reset. After it has gone it is. */
export const stuckReader: Harm = async ({ crew, round, signal }) => {
  const file = round.files.database;
  await Promise.all(crew.alive.map((child) => child.ready));
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM holdfast_runs").get();
  await until(() => undefined, signal);
  const logBytes = statSync(`${file}-wal`).size;
  reader.exec("COMMIT");
  reader.close();
  const writer = new DatabaseSync(file);
  const reset = await until(() => {
    const row = writer.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { readonly busy: number };
    return row.busy === 0 ? true : undefined;
  }, AbortSignal.timeout(CHECKPOINT_MS));
  writer.close();
  await pause(0);
  const note = `the log grew to ${logBytes} bytes beside a stuck reader, and was reset when it had gone`;
  if (reset) return { outages: 1, notes: [note] };
  const problem = `the log (${logBytes} bytes) could not be reset after the reader had gone`;
  return { outages: 1, violations: [{ invariant: "P14", run: "", problem }] };
};
