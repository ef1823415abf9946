import type { DatabaseSync } from "node:sqlite";
import type { RollbackContext, StepContext } from "holdfast";

/** One start of one body. */
export interface Start {
  /** From 1; a later start has a larger number. */
  readonly order: number;
  /** The idempotency key of the step or of the rollback handler. */
  readonly key: string;
  readonly attempt: number;
  /** The process in which it started. */
  readonly pid: number;
}

/**
 * A diary of every body that ever started, written before the body does anything else. It knows nothing of the
 * engine's history: that is what makes it worth comparing the two.
 */
export class Ledger {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`CREATE TABLE IF NOT EXISTS starts (
      "order" INTEGER PRIMARY KEY, key TEXT NOT NULL, attempt INTEGER NOT NULL, pid INTEGER NOT NULL
    )`);
  }

  started({
    idempotencyKey,
    attempt,
  }: Pick<StepContext | RollbackContext, "idempotencyKey" | "attempt">): void {
    this.#database
      .prepare("INSERT INTO starts (key, attempt, pid) VALUES (?, ?, ?)")
      .run(idempotencyKey, attempt, process.pid);
  }

  /** How many bodies have started. */
  count(): number {
    return Number(this.#database.prepare("SELECT count(*) AS count FROM starts").get()?.count);
  }

  /** Those of one run, in order. */
  starts(workflowId: string): Start[] {
    const rows = this.#database.prepare('SELECT * FROM starts ORDER BY "order"').all();
    return rows
      .map(({ order, key, attempt, pid }) => ({
        order: Number(order),
        key: String(key),
        attempt: Number(attempt),
        pid: Number(pid),
      }))
      .filter(({ key }) => key.startsWith(`${workflowId}/`));
  }
}
