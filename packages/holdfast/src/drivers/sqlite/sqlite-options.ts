import type { Clock } from "../../model/clock.ts";
import { describe } from "../../model/describe.ts";
import { InvalidArgumentError } from "../../model/errors/argument-errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../../model/limits.ts";
import { DEFAULT_DRIVER_LIMITS } from "../../storage/batch-limits.ts";
import type { DriverLimits } from "../../storage/records.ts";
import type { SqliteDatabase } from "./database.ts";

/** Options that the stores and drivers on SQLite share. */
export interface SqliteOptions {
  /**
   * When a commit counts as durable. `full`: it is synced to the disk, and a power cut loses nothing that was
   * acknowledged. `normal`: a killed process loses nothing, a power cut may lose the last commits, the file is never
   * corrupted; many times faster on slow disks. @default "full"
   */
  readonly synchronous?: "full" | "normal" | "FULL" | "NORMAL";
  /** The store's clock, by which leases and due times are reckoned. @default the wall clock */
  readonly clock?: Pick<Clock, "now">;
  /** Of these only `queuedMessages` concerns a storage (`QueueFullError`). @default `DEFAULT_LIMITS` */
  readonly limits?: Partial<Limits>;
  /** What one batch may hold (`LimitError`). @default values of 64 MiB, batches of 256 MiB and 100,000 rows */
  readonly driverLimits?: Partial<DriverLimits>;
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

/** What opening a connection takes. */
export interface ConnectionOptions {
  readonly synchronous: "full" | "normal";
  readonly busyTimeoutMs: number;
  readonly pollMs: number;
}

/** @throws InvalidArgumentError */
export function connectionOptions(options: SqliteOptions): ConnectionOptions {
  const { synchronous = "full", busyTimeoutMs = 5_000, pollMs = 25 } = options;
  const durability = typeof synchronous === "string" ? synchronous.toLowerCase() : synchronous;
  if (durability !== "full" && durability !== "normal") {
    throw new InvalidArgumentError(`synchronous must be "full" or "normal"; got ${describe(synchronous)}.`);
  }
  return { synchronous: durability, busyTimeoutMs, pollMs };
}

/** What the operations of one store or driver decide by. */
export interface LedgerOptions {
  readonly limits: DriverLimits;
  readonly queuedMessages: number;
  readonly now: () => number;
}

export function ledgerOptions(options: SqliteOptions): LedgerOptions {
  const { clock } = options;
  return {
    limits: { ...DEFAULT_DRIVER_LIMITS, ...options.driverLimits },
    queuedMessages: options.limits?.queuedMessages ?? DEFAULT_LIMITS.queuedMessages,
    now: clock === undefined ? Date.now : () => clock.now(),
  };
}
