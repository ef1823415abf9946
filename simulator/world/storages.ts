import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { MemoryDump } from "#holdfast/drivers/memory/memory-dump.ts";
import { memoryStore } from "#holdfast/drivers/memory/memory-store.ts";
import { sqliteStore } from "#holdfast/drivers/sqlite/sqlite-store.ts";
import type { WorkflowStore } from "#holdfast/storage/store.ts";
import type { StorageName } from "./scenario.ts";
import { dumpOfSqlite } from "./sqlite-dump.ts";

/** The one real storage of a world. */
export interface Storage {
  readonly store: WorkflowStore;
  /** All bytes, in the form of a memory dump, whatever storage it is. */
  dump(): MemoryDump;
  /** Replaces all bytes, where the storage can; the world damages values with it. */
  readonly restore: ((dump: MemoryDump) => void) | null;
  close(): Promise<void>;
}

// What is simulated is death of processes: no power cut, so nothing has to reach the disk.
const MEMORY_FILES = "/dev/shm";
const FILES = existsSync(MEMORY_FILES) ? MEMORY_FILES : tmpdir();

/** @param now true time: the clock of the store */
export function openStorage(name: StorageName, now: () => number): Storage {
  const clock = { now };
  if (name === "memory") {
    const store = memoryStore({ clock });
    return {
      store,
      dump: () => store.dump(),
      restore: (dump) => store.restore(dump),
      close: () => store.close(),
    };
  }
  const folder = name === "sqlite-file" ? mkdtempSync(join(FILES, "holdfast-simulator-")) : null;
  const database = new DatabaseSync(folder === null ? ":memory:" : join(folder, "store.db"));
  const store = sqliteStore({ database, clock, synchronous: "normal" });
  return {
    store,
    dump: () => dumpOfSqlite(database),
    restore: null,
    close: async () => {
      await store.close();
      database.close();
      if (folder !== null) rmSync(folder, { recursive: true });
    },
  };
}
