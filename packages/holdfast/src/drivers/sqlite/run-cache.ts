import type { RunRow } from "../../storage/run-row.ts";

/** Rows that are kept; those that were used longest ago leave first. */
const MOST_ROWS = 4_096;

/**
 * The rows of runs as this connection last read or wrote them, so that the commits of a run in work need not read it.
 *
 * Invariants: nothing is taken from here that another connection may have changed: a transaction that begins and sees another
 * version of the data than the last one empties this (P4), and so does one that is rolled back; a damaged row is not
 * kept (P15).
 */
export class RunCache {
  readonly #rows = new Map<string, RunRow>();
  /** The key of the run that was created last; null: not known. */
  lastKey: number | null = null;

  /** What is kept may not be what is stored. */
  clear(): void {
    this.#rows.clear();
    this.lastKey = null;
  }

  get(workflowId: string): RunRow | undefined {
    return this.#rows.get(workflowId);
  }

  put(run: RunRow): void {
    this.#rows.delete(run.workflowId);
    if (run.damaged) return;
    if (this.#rows.size === MOST_ROWS) this.#rows.delete(this.#rows.keys().next().value as string);
    this.#rows.set(run.workflowId, run);
  }
}
