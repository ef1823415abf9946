import type { DatabaseSync } from "node:sqlite";
import type { RollbackContext, StepContext } from "holdfast";

/** One start of one body. */
export interface Start {
  /** The idempotency key of the step or of the rollback handler. */
  readonly key: string;
  readonly attempt: number;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
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
      id INTEGER PRIMARY KEY, key TEXT NOT NULL, attempt INTEGER NOT NULL, pid INTEGER NOT NULL, at INTEGER NOT NULL
    )`);
  }

  started({ idempotencyKey, attempt }: Pick<StepContext | RollbackContext, "idempotencyKey" | "attempt">): void {
    this.#database
      .prepare("INSERT INTO starts (key, attempt, pid, at) VALUES (?, ?, ?, ?)")
      .run(idempotencyKey, attempt, process.pid, Date.now());
  }

  /** How many bodies have started. */
  count(): number {
    return Number(this.#database.prepare("SELECT count(*) AS count FROM starts").get()?.["count"]);
  }

  /** All of them, in order. */
  starts(): Start[] {
    const rows = this.#database.prepare("SELECT key, attempt, pid, at FROM starts ORDER BY id").all();
    return rows.map(({ key, attempt, pid, at }) => ({
      key: String(key),
      attempt: Number(attempt),
      pid: Number(pid),
      at: Number(at),
    }));
  }
}
