import { StorageError } from "../../model/errors/storage-errors.ts";
import type { SqliteDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import type { Migration } from "./migrations/migration.ts";
import { assertShape, damaged } from "./schema-shape.ts";

const VERSION_TABLE = `CREATE TABLE IF NOT EXISTS holdfast_schema (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
)`;

/** What SQLite says of a step whose tables, indexes or columns are there: the file's version tells less than it has. */
const THERE_ALREADY = /already exists|duplicate column name/;

/**
 * Brings the schema up to date. Each open does it; when there is nothing to do it only reads. The write lock is taken
 * first and the version read under it, so that processes which start together do it once. A step that is interrupted
 * leaves nothing behind. A schema that is up to date and not what its steps make is refused.
 */
export function migrate(
  database: SqliteDatabase,
  file: string,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  const known = migrations.length;
  const upToDate = (): boolean => assertKnown(currentVersion(database), known, file) === known;
  if (!upToDate()) bringUpToDate(database, file, migrations);
  if (migrations === MIGRATIONS) assertShape(database, file);
}

/** @throws StorageError unless the schema is the one that all steps make */
export function assertCurrent(database: SqliteDatabase, file: string): void {
  const version = assertKnown(currentVersion(database), MIGRATIONS.length, file);
  if (version !== MIGRATIONS.length) throw damaged(file, `it went back to version ${version}`);
  assertShape(database, file);
}

function bringUpToDate(database: SqliteDatabase, file: string, migrations: readonly Migration[]): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(VERSION_TABLE);
    const version = assertKnown(currentVersion(database), migrations.length, file);
    for (const migration of migrations.slice(version)) {
      database.exec(migration.sql);
      database
        .prepare("INSERT INTO holdfast_schema (version, name, applied_at) VALUES (?, ?, unixepoch() * 1000)")
        .run(migration.version, migration.name);
    }
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    const problem = error instanceof Error ? error.message : "";
    if (!THERE_ALREADY.test(problem)) throw error;
    throw damaged(file, `${problem}, and its version in holdfast_schema does not tell of that`);
  }
}

function currentVersion(database: SqliteDatabase): number {
  const table = database
    .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'holdfast_schema'")
    .get();
  if (table === undefined || table === null) return 0;
  const row = database.prepare("SELECT max(version) AS version FROM holdfast_schema").get();
  return Number((row as { version: unknown }).version ?? 0);
}

function assertKnown(version: number, known: number, file: string): number {
  if (Number.isInteger(version) && version >= 0 && version <= known) return version;
  if (!(version > known)) throw damaged(file, `its version is ${version}`);
  throw new StorageError(
    `${file} has schema version ${version}; this version of Holdfast knows versions up to ${known}. Use the version of Holdfast that wrote it, or a newer one. Nothing was changed.`,
    { outcome: "not-applied", retryable: false },
  );
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back already; the error that led here is the one to tell.
  }
}
