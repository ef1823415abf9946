import type { SqliteDatabase } from "holdfast/sqlite";

type DatabaseClass = new (path: string) => SqliteDatabase;

/** The SQLite of a runtime, by the name of its module. */
export interface RuntimeSqlite {
  readonly module: string;
  readonly openDatabase: (path: string) => SqliteDatabase;
}

/** That of Node and Deno, or that of Bun. */
export async function runtimeSqlite(): Promise<RuntimeSqlite> {
  const module = "Bun" in globalThis ? "bun:sqlite" : "node:sqlite";
  const exported = "Bun" in globalThis ? "Database" : "DatabaseSync";
  const { [exported]: Database } = (await import(module)) as Record<string, DatabaseClass>;
  if (Database === undefined) throw new Error(`${module} has no ${exported}.`);
  return { module, openDatabase: (path) => new Database(path) };
}
