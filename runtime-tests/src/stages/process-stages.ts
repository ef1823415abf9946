import type { SqliteDatabase } from "holdfast/sqlite";
import type { Stage } from "../smoke/stage.ts";
import { memoryStage } from "./memory-stage.ts";
import { sqliteStage } from "./sqlite-stage.ts";

type DatabaseClass = new (path: string) => SqliteDatabase;

/** The storages that this runtime has, of Node, Deno or Bun: each its own SQLite, by the name of its module. */
export async function processStages(): Promise<Stage[]> {
  const [module, exported] =
    "Bun" in globalThis ? ["bun:sqlite", "Database"] : ["node:sqlite", "DatabaseSync"];
  const { [exported as string]: Database } = (await import(module as string)) as Record<
    string,
    DatabaseClass
  >;
  if (Database === undefined) throw new Error(`${module} has no ${exported}.`);
  return [memoryStage, sqliteStage(module as string, (path) => new Database(path))];
}
