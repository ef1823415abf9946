import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { stopwatch } from "../stopwatch.ts";

/** Single-row commits per second of SQLite with a write-ahead log; each changes bytes, or there would be nothing to sync. */
export function rawSqliteCommits(folder: string, synchronous: "full" | "normal", count: number): number {
  const database = new DatabaseSync(join(folder, `raw-${synchronous}.db`));
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};`);
    database.exec("CREATE TABLE IF NOT EXISTS one (id INTEGER PRIMARY KEY, value INTEGER NOT NULL) STRICT");
    database.exec("INSERT INTO one VALUES (1, 0) ON CONFLICT DO UPDATE SET value = value + 1");
    const change = database.prepare("UPDATE one SET value = value + 1 WHERE id = 1");
    const elapsed = stopwatch();
    for (let i = 0; i < count; i++) change.run();
    return count / (elapsed() / 1_000);
  } finally {
    database.close();
  }
}
