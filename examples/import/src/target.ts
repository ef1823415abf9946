import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { transaction } from "./database.ts";
import type { Row } from "./rows.ts";

/** What a batch left behind, as the workflow's history keeps it. */
export const Receipt = z.object({ key: z.string(), first: z.int(), rows: z.int() });
export type Receipt = z.infer<typeof Receipt>;

/** What an import holds: how many rows, and a checksum over all of them in order. */
export const Contents = z.object({ rows: z.int(), checksum: z.string() });
export type Contents = z.infer<typeof Contents>;

/** A batch of rows for one import. `key` is the same whenever the same batch comes again. */
export interface TargetBatch {
  readonly key: string;
  readonly importId: string;
  readonly rows: readonly Row[];
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS imports (id TEXT PRIMARY KEY, file TEXT NOT NULL, published INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS rows (
    import_id TEXT NOT NULL, number INTEGER NOT NULL, cells TEXT NOT NULL,
    PRIMARY KEY (import_id, number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS batches (
    key TEXT PRIMARY KEY, import_id TEXT NOT NULL, first INTEGER NOT NULL, rows INTEGER NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
`;

/**
 * The table that is imported into. A step can be killed after its effect and before its commit, and then runs again:
 * so the effect and a note of it, under the step's idempotency key, are one transaction, and a batch whose note is
 * there already changes nothing.
 */
export class Target {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(SCHEMA);
  }

  register(importId: string, file: string): void {
    this.#database.prepare("INSERT OR IGNORE INTO imports (id, file) VALUES (?, ?)").run(importId, file);
  }

  /** Takes an import off the list, with the rows of batches that took effect in steps that never ended. */
  unregister(importId: string): void {
    transaction(this.#database, () => {
      this.#database.prepare("DELETE FROM rows WHERE import_id = ?").run(importId);
      this.#database.prepare("DELETE FROM imports WHERE id = ?").run(importId);
    });
  }

  /** Inserts a batch, once. */
  apply({ key, importId, rows }: TargetBatch): Receipt {
    const receipt = { key, first: rows[0]?.number ?? 0, rows: rows.length };
    transaction(this.#database, () => {
      const { changes } = this.#database
        .prepare("INSERT OR IGNORE INTO batches (key, import_id, first, rows) VALUES (?, ?, ?, ?)")
        .run(key, importId, receipt.first, receipt.rows);
      if (changes === 0) return;
      // Not OR IGNORE: two batches with one row would be a defect, and must not pass.
      const insert = this.#database.prepare("INSERT INTO rows (import_id, number, cells) VALUES (?, ?, ?)");
      for (const row of rows) insert.run(importId, row.number, JSON.stringify(row.cells));
    });
    return receipt;
  }

  /** Takes a batch out again, once. Its note stays, so that it cannot come back. */
  undo(key: string): void {
    transaction(this.#database, () => {
      const batch = this.#database
        .prepare(
          "UPDATE batches SET undone = 1 WHERE key = ? AND undone = 0 RETURNING import_id, first, rows",
        )
        .get(key);
      if (batch === undefined) return;
      const { import_id: importId = null, first, rows } = batch;
      this.#database
        .prepare("DELETE FROM rows WHERE import_id = ? AND number >= ? AND number < ?")
        .run(importId, Number(first), Number(first) + Number(rows));
    });
  }

  /** Marks an import as complete and says what it holds. */
  publish(importId: string): Promise<Contents> {
    this.#database.prepare("UPDATE imports SET published = 1 WHERE id = ?").run(importId);
    return this.contents(importId);
  }

  async contents(importId: string): Promise<Contents> {
    const page = this.#database.prepare(
      "SELECT number, cells FROM rows WHERE import_id = ? AND number > ? ORDER BY number LIMIT 10000",
    );
    const hash = createHash("sha256");
    let rows = 0;
    let last = 0;
    for (let found = page.all(importId, last); found.length > 0; found = page.all(importId, last)) {
      for (const { number, cells } of found) {
        hash.update(`${number} ${cells}\n`);
        last = Number(number);
      }
      rows += found.length;
      // A step that keeps the process busy for longer than its lease would be taken for dead.
      await setImmediate();
    }
    return { rows, checksum: hash.digest("hex").slice(0, 16) };
  }

  /** Whether an import is in the list of imports. */
  knows(importId: string): boolean {
    return this.#database.prepare("SELECT 1 FROM imports WHERE id = ?").get(importId) !== undefined;
  }

  /** The batches that took effect, those that were undone included. */
  batches(importId: string): { key: string; rows: number; undone: boolean }[] {
    const select = this.#database.prepare(
      "SELECT key, rows, undone FROM batches WHERE import_id = ? ORDER BY first",
    );
    return select.all(importId).map(({ key, rows, undone }) => ({
      key: String(key),
      rows: Number(rows),
      undone: undone === 1,
    }));
  }

  /** Rows put in so far and rows taken out so far, of all imports: neither is ever less than before. */
  moved(): { arrived: number; undone: number } {
    const moved = this.#database
      .prepare("SELECT total(rows) AS arrived, total(rows * undone) AS undone FROM batches")
      .get();
    return { arrived: Number(moved?.arrived), undone: Number(moved?.undone) };
  }
}
