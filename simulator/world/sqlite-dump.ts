import type { DatabaseSync } from "node:sqlite";
import type { MemoryDump } from "#holdfast/drivers/memory/memory-dump.ts";
import type { MemoryPlace, MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import { RUN_SELECTION, readRun } from "#holdfast/drivers/sqlite/run-codec.ts";
import type { SqliteRow } from "#holdfast/drivers/sqlite/statements.ts";
import { fromExactText } from "#holdfast/storage/exact-text.ts";
import type { KVEntry, NewMessage } from "#holdfast/storage/records.ts";

/** All bytes of a SQLite store in the form of a memory dump, so that worlds on different storages can be compared. */
export function dumpOfSqlite(database: DatabaseSync): MemoryDump {
  const rows = (sql: string, run: number): SqliteRow[] => database.prepare(sql).all(run) as SqliteRow[];
  const runs = database
    .prepare(`SELECT run, header, ${RUN_SELECTION} FROM holdfast_runs ORDER BY run`)
    .all() as SqliteRow[];
  return {
    nextKey: 0,
    runs: runs.map((stored): MemoryRunDump => {
      const row = readRun(stored);
      const of = (table: string, order: string): SqliteRow[] =>
        rows(`SELECT * FROM holdfast_${table} WHERE run = ? ORDER BY ${order}`, row.key);
      const queue = of("messages", "position");
      const remembered = of("consumed", "id");
      return {
        row,
        header: bytes(stored.header),
        entries: of("entries", "key").map(entryOf),
        messages: queue.map(messageOf),
        places: queue.map(placeOf),
        consumed: remembered.map(({ id }) => fromExactText(String(id))),
        consumedSeals: remembered.map(({ seal }) => (seal === null ? null : Number(seal))),
        responses: of("responses", "id").map(({ id, response }) => [
          fromExactText(String(id)),
          bytes(response),
        ]),
      };
    }),
  };
}

function entryOf({ key, value }: SqliteRow): KVEntry {
  return { key: bytes(key), value: bytes(value) };
}

function messageOf(row: SqliteRow): NewMessage {
  return {
    id: fromExactText(String(row.id)),
    name: fromExactText(String(row.name)),
    body: bytes(row.body),
    createdAt: Number(row.created_at),
    expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    completable: row.completable === 1,
    remember: row.remember === 1,
  };
}

function placeOf({ position, seal }: SqliteRow): MemoryPlace {
  return { position: Number(position), seal: seal === null ? null : Number(seal) };
}

function bytes(value: unknown): Uint8Array {
  return Uint8Array.from(value as Uint8Array);
}
