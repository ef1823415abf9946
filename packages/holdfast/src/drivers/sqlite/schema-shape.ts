import { StorageError } from "../../model/errors/storage-errors.ts";
import type { SqliteDatabase } from "./database.ts";

/**
 * What the migrations make, as SQLite tells it of itself: columns with their types, `!` where nothing is not allowed, `#` and
 * the place in the primary key. An index that is gone, or a view where a table was, would give other answers or none.
 */
const TABLES: Readonly<Record<string, string>> = {
  holdfast_schema: "version INTEGER #1, name TEXT!, applied_at INTEGER!",
  holdfast_runs:
    "run INTEGER #1, workflow_id TEXT!, workflow_name TEXT!, workflow_version TEXT, fingerprint TEXT!, header BLOB!, " +
    "revision INTEGER!, epoch INTEGER!, batch_id TEXT, status TEXT!, wake_at INTEGER, wants TEXT, due_at INTEGER, " +
    "woken_in INTEGER, pause_requested INTEGER!, lease_owner TEXT, lease_until INTEGER, " +
    "claims_without_commit INTEGER!, queued INTEGER!, created_at INTEGER!, updated_at INTEGER!, " +
    "queue_seal INTEGER!, seal INTEGER",
  holdfast_entries: "run INTEGER! #1, key BLOB! #2, value BLOB!",
  holdfast_messages:
    "run INTEGER! #1, position INTEGER! #2, id TEXT!, name TEXT!, created_at INTEGER!, expires_at INTEGER, " +
    "completable INTEGER!, remember INTEGER!, seal INTEGER, body BLOB!",
  holdfast_consumed: "run INTEGER! #1, id TEXT! #2, seal INTEGER",
  holdfast_responses: "run INTEGER! #1, id TEXT! #2, response BLOB!",
  holdfast_retired: "only INTEGER #1, epoch INTEGER!, seal INTEGER",
};

/** By table and columns. Those of keys and UNIQUE have names that are SQLite's own. */
const INDEXES: readonly string[] = [
  "holdfast_runs (workflow_id) unique",
  "holdfast_runs (workflow_name, due_at, run) partial holdfast_runs_due",
  "holdfast_runs (status) holdfast_runs_status",
  "holdfast_runs (workflow_name) holdfast_runs_name",
  "holdfast_messages (run, id) unique holdfast_messages_id",
  "holdfast_messages (run, name, position) holdfast_messages_name",
];

const READ_TABLES = `SELECT name, (SELECT group_concat(name || ' ' || type || CASE WHEN "notnull" THEN '!' ELSE '' END
  || CASE WHEN pk THEN ' #' || pk ELSE '' END, ', ') FROM pragma_table_info(tables.name)) AS text
  FROM sqlite_master AS tables WHERE type = 'table' AND name LIKE 'holdfast@_%' ESCAPE '@'`;
const READ_INDEXES = `SELECT tables.name || ' (' || (SELECT group_concat(name, ', ') FROM pragma_index_info(indexes.name)) || ')'
  || CASE WHEN "unique" THEN ' unique' ELSE '' END || CASE WHEN partial THEN ' partial' ELSE '' END
  || CASE WHEN origin = 'c' THEN ' ' || indexes.name ELSE '' END AS text
  FROM sqlite_master AS tables, pragma_index_list(tables.name) AS indexes
  WHERE tables.type = 'table' AND tables.name LIKE 'holdfast@_%' ESCAPE '@'`;

/** @throws StorageError when the tables or indexes of a schema that is up to date are not those that were made */
export function assertShape(database: SqliteDatabase, file: string): void {
  const tables = new Map(textsOf(database, READ_TABLES).map(({ name, text }) => [name, text]));
  for (const [name, columns] of Object.entries(TABLES)) {
    if (!tables.has(name)) throw damaged(file, `the table ${name} is missing`);
    if (tables.get(name) !== columns)
      throw damaged(file, `the table ${name} has other columns than it was made with`);
  }
  const indexes = new Set(textsOf(database, READ_INDEXES).map(({ text }) => text));
  const missing = INDEXES.find((index) => !indexes.has(index));
  if (missing !== undefined) throw damaged(file, `the index on ${missing} is missing`);
}

function textsOf(database: SqliteDatabase, sql: string): { readonly name?: string; readonly text: string }[] {
  return database.prepare(sql).all() as { name?: string; text: string }[];
}

/** The error of a file whose schema somebody has changed. */
export function damaged(file: string, problem: string): StorageError {
  return new StorageError(
    `The schema of ${file} is not the one that Holdfast made: ${problem}. Restore the file from a backup, or make it as migrations/sqlite has it. Nothing was changed.`,
    { outcome: "not-applied", retryable: false },
  );
}
