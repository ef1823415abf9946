import type * as sqlite from "node:sqlite";
import { UnsupportedRuntimeError } from "../../model/errors/argument-errors.ts";

/** What SQLite stores in a column. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** A prepared statement, as `node:sqlite`, `better-sqlite3` and `bun:sqlite` have it. */
export interface SqliteStatement {
  run(...parameters: SqliteValue[]): unknown;
  /** The first row; undefined (in Bun null) when there is none. */
  get(...parameters: SqliteValue[]): unknown;
  all(...parameters: SqliteValue[]): unknown[];
}

/**
 * An open database, as `DatabaseSync` of `node:sqlite`, `Database` of `better-sqlite3` and of `bun:sqlite` have it.
 * One that is passed in stays the caller's to close, and must not be inside a transaction across an await.
 */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** What an object must be able to do to be taken for a database. */
export const DATABASE_METHODS: readonly (keyof SqliteDatabase)[] = ["exec", "prepare", "close"];

const NO_SQLITE =
  "Opening a SQLite file by its path needs node:sqlite, which Node >= 22.13 has. Update Node, or open the file yourself and pass it: " +
  "sqliteStore({ database }) with a Database of better-sqlite3 or bun:sqlite.";

/** Opens a file with `node:sqlite`. `UnsupportedRuntimeError` where there is none. */
export function openFile(path: string): SqliteDatabase {
  const { DatabaseSync } = builtinSqlite();
  return new DatabaseSync(path);
}

function builtinSqlite(): typeof sqlite {
  // Asked for at run time and not imported: an import would end the program on a runtime that lacks the module.
  const runtime = globalThis.process as Partial<typeof globalThis.process> | undefined;
  const found = runtime?.getBuiltinModule?.("node:sqlite");
  if (found === undefined) throw new UnsupportedRuntimeError(NO_SQLITE);
  return found;
}
