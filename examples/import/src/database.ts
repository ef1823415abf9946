import { DatabaseSync } from "node:sqlite";

/** Opens the database of the target and the ledger, which the supervisor and the worker share. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  // A killed process loses nothing that is committed; waiting is better than "database is locked".
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
  return database;
}

/** All of the work, or none of it. */
export function transaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
