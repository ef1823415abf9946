import type { RunRow } from "../../storage/run-row.ts";

/** Rows that are kept; those that were used longest ago leave first. */
const MOST_ROWS = 4_096;

/**
 * The rows of runs as this connection last read or wrote them, so that the commits of a run in work need not read it.
 *
 * Invariants: nothing is taken from here that another connection may have changed: whoever begins a transaction says
 * which version of the data it sees, and another version than before empties this (P4); a transaction that is rolled
 * back empties it too; a damaged row is not kept (P15).
 */
export class RunCache {
  readonly #rows = new Map<string, RunRow>();
  #version: number | null = null;

  /** A transaction begins; `version` changes with every commit of another connection. */
  begin(version: number): void {
    if (version !== this.#version) this.#rows.clear();
    this.#version = version;
  }

  /** What was written may not be there. */
  clear(): void {
    this.#rows.clear();
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
