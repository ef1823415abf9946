import { checkInteger, checkWord } from "../../model/check.ts";
import { MAX_DURATION_MS } from "../../model/limits.ts";
import { type OptionNames, optionNames } from "../../model/option-names.ts";
import {
  STORAGE_OPTIONS,
  type StorageOptions,
  type StorageSettings,
  storageSettings,
} from "../../storage/storage-options.ts";
import type { SqliteDatabase } from "./database.ts";

/** Options that the stores and drivers on SQLite share. */
export interface SqliteOptions extends StorageOptions {
  /**
   * When a commit counts as durable. `full`: it is synced to the disk, and a power cut loses nothing that was
   * acknowledged. `normal`: a killed process loses nothing, a power cut may lose the last commits, the file is never
   * corrupted; many times faster on slow disks. @default "full"
   */
  readonly synchronous?: "full" | "normal" | "FULL" | "NORMAL";
  /**
   * Milliseconds that an operation waits for another process's write lock before it fails with a retryable
   * `StorageError`. The event loop goes on meanwhile, except while the database is opened. @default 5,000
   */
  readonly busyTimeoutMs?: number;
  /**
   * Milliseconds between two looks for other processes' commits, while something waits in this one. @default 25
   */
  readonly pollMs?: number;
}

/** Options of `sqliteStore`: a path, or an open database. */
export interface SqliteStoreOptions extends SqliteOptions {
  /** The file, created if absent (its directory is not), or `:memory:`. Not on a network file system. */
  readonly path?: string;
  /** An open database of `node:sqlite`, `better-sqlite3` or `bun:sqlite`; it stays yours to close. */
  readonly database?: SqliteDatabase;
}

const SQLITE: Readonly<Record<keyof SqliteOptions, true>> = {
  ...STORAGE_OPTIONS,
  synchronous: true,
  busyTimeoutMs: true,
  pollMs: true,
};

export const SQLITE_DRIVER_OPTIONS: OptionNames = optionNames<SqliteOptions>(SQLITE);
export const SQLITE_STORE_OPTIONS: OptionNames = optionNames<SqliteStoreOptions>({
  ...SQLITE,
  path: true,
  database: true,
});

/** What SQLite takes: milliseconds in 31 bits. */
const MAX_BUSY_TIMEOUT_MS = 2 ** 31 - 1;

/** What opening a connection takes. */
export interface ConnectionOptions {
  readonly synchronous: "full" | "normal";
  readonly busyTimeoutMs: number;
  readonly pollMs: number;
}

/** @throws InvalidArgumentError */
export function connectionOptions(options: SqliteOptions): ConnectionOptions {
  const { synchronous = "full", busyTimeoutMs = 5_000, pollMs = 25 } = options;
  checkWord(synchronous, "synchronous", ["full", "normal", "FULL", "NORMAL"]);
  checkInteger(busyTimeoutMs, "busyTimeoutMs", { from: 0, to: MAX_BUSY_TIMEOUT_MS });
  checkInteger(pollMs, "pollMs", { from: 1, to: MAX_DURATION_MS });
  const normal = synchronous.toLowerCase() === "normal";
  return { synchronous: normal ? "normal" : "full", busyTimeoutMs, pollMs };
}

/** What the operations of one store or driver decide by. */
export interface LedgerOptions extends StorageSettings {
  readonly now: () => number;
}

/** @throws InvalidArgumentError */
export function ledgerOptions(options: SqliteOptions): LedgerOptions {
  const { clock } = options;
  return { ...storageSettings(options), now: clock === undefined ? Date.now : () => clock.now() };
}
