import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SqliteDatabase, sqliteDriver, sqliteStore } from "holdfast/sqlite";
import type { Stage } from "../smoke/stage.ts";

/** Storage in a file; each driver has a connection of its own. */
export function sqliteStage(name: string, openDatabase: (path: string) => SqliteDatabase): Stage {
  return {
    name,
    async open() {
      const folder = mkdtempSync(join(tmpdir(), "holdfast-"));
      const databases: SqliteDatabase[] = [];
      const connect = (file: string): SqliteDatabase => {
        const database = openDatabase(join(folder, file));
        databases.push(database);
        return database;
      };
      return {
        driver: () => sqliteDriver(connect("run.db"), "run"),
        store: () => sqliteStore({ database: connect("store.db") }),
        async close() {
          for (const database of databases) database.close();
          rmSync(folder, { recursive: true });
        },
      };
    },
  };
}
