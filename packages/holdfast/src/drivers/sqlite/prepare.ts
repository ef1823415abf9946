import { StorageError } from "../../model/errors/storage-errors.ts";
import type { SqliteDatabase } from "./database.ts";
import { mendIndexes } from "./mend-indexes.ts";
import { migrate } from "./migrate.ts";
import { isBusy, toStorageError } from "./sqlite-errors.ts";
import type { ConnectionOptions } from "./sqlite-options.ts";

/** How long SQLite itself waits for a lock: it blocks the event loop meanwhile, so it is short and tried again. */
const LOCK_WAIT_MS = 10;
/**
 * Of a new file. A commit logs whole pages, and changes a hundred bytes in each of two or three: small pages are less to
 * write and to sync.
 */
const PAGE_BYTES = 1_024;
/**
 * The log is taken into the file when it is so long: SQLite's own limit, four times that, fills a small disk with a log
 * that nothing takes in any more, since that happens after a commit, and none fits.
 */
const LOG_BYTES = 1_024 * 1_024;

/** Pages that SQLite may keep in memory: its own limit, 2 MB, holds less than the runs that a busy host has in work. */
const CACHE_KIB = 16 * 1_024;

/**
 * Makes a database ready: write-ahead log, durability, schema. Done at once and not by promises, so that opening a
 * store is a plain call; it is the only place that may block while another process holds the lock.
 */
export function prepareDatabase(
  database: SqliteDatabase,
  file: string,
  options: ConnectionOptions & { readonly alone: boolean },
): void {
  const deadline = performance.now() + options.busyTimeoutMs;
  for (;;) {
    try {
      database.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`);
      // Nothing is changed by it where there are pages already.
      if (options.alone) database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
      if (options.alone) database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
      useWriteAheadLog(database, file);
      database.exec(`PRAGMA synchronous = ${options.synchronous === "full" ? "FULL" : "NORMAL"}`);
      database.exec(`PRAGMA wal_autocheckpoint = ${Math.ceil(LOG_BYTES / pageBytes(database))}`);
      migrate(database, file);
      mendIndexes(database);
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw toStorageError(error, file, "not-applied");
      // Switching to the log does not wait for locks by itself: pause before the next try.
      pause(1 + Math.random() * LOCK_WAIT_MS);
    }
  }
}

function useWriteAheadLog(database: SqliteDatabase, file: string): void {
  const row = database.prepare("PRAGMA journal_mode = WAL").get() as
    | { journal_mode?: unknown }
    | null
    | undefined;
  const mode = row?.journal_mode;
  // A database in memory has no log and needs none.
  if (mode === "wal" || mode === "memory") return;
  throw new StorageError(
    `${file} cannot use a write-ahead log (journal mode "${String(mode)}"). Put the file on a local file system, not on a network share.`,
    { outcome: "not-applied", retryable: false },
  );
}

function pageBytes(database: SqliteDatabase): number {
  const row = database.prepare("PRAGMA page_size").get() as { page_size: number | bigint };
  return Number(row.page_size);
}

function pause(delayMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayMs);
}
