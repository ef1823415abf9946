import { DatabaseSync } from "node:sqlite";
import { pause } from "./pause.ts";

const LOOK_MS = 50;
const UNFINISHED = `SELECT count(*) AS runs FROM holdfast_runs
  WHERE status IN ('pending', 'running', 'sleeping', 'rolling_back')`;

/** Resolves when no run of the file goes on any more; false when the signal aborts before. */
export async function settled(file: string, signal: AbortSignal): Promise<boolean> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    while (!signal.aborted) {
      if ((database.prepare(UNFINISHED).get() as { runs: number }).runs === 0) return true;
      await pause(LOOK_MS, signal);
    }
    return false;
  } finally {
    database.close();
  }
}
