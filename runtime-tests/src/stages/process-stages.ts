import type { Stage } from "../smoke/stage.ts";
import { memoryStage } from "./memory-stage.ts";
import { runtimeSqlite } from "./runtime-sqlite.ts";
import { sqliteStage } from "./sqlite-stage.ts";

/** The storages that Node, Deno and Bun have. */
export async function processStages(): Promise<Stage[]> {
  const { module, openDatabase } = await runtimeSqlite();
  return [memoryStage, sqliteStage(module, openDatabase)];
}
