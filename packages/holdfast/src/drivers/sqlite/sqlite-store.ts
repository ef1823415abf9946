import { checkMethods } from "../../model/check.ts";
import { describe } from "../../model/describe.ts";
import { InvalidArgumentError } from "../../model/errors/argument-errors.ts";
import { checkGiven } from "../../model/option-names.ts";
import type { DriverLimits } from "../../storage/records.ts";
import { TablesStore } from "../../storage/tables/tables-store.ts";
import { connectionOf, openConnection } from "./connection.ts";
import { DATABASE_METHODS } from "./database.ts";
import {
  connectionOptions,
  ledgerOptions,
  SQLITE_STORE_OPTIONS,
  type SqliteStoreOptions,
} from "./sqlite-options.ts";
import { SqliteTransactor } from "./sqlite-transactor.ts";

/** What a SQLite store has done. */
export interface SqliteStatistics {
  /** Write transactions that were committed through this store's connection: each is one sync to the disk. */
  readonly transactions: number;
}

/** A store in one SQLite file, which several processes may share. */
export class SqliteStore extends TablesStore {
  readonly #sqlite: SqliteTransactor;

  /** @internal Use `sqliteStore()`. */
  constructor(transactor: SqliteTransactor, limits: DriverLimits) {
    super(transactor, limits);
    this.#sqlite = transactor;
  }

  get stats(): SqliteStatistics {
    return { transactions: this.#sqlite.transactions };
  }
}

/**
 * Opens a store in a SQLite file, and brings its schema up to date. Commits of all runs that are ready in one turn of
 * the event loop are one transaction.
 *
 * Throws `InvalidArgumentError` for wrong options, `UnsupportedRuntimeError` for a path where there is no `node:sqlite` (Node >= 22.13 has it), and
 * `StorageError` when the file cannot be opened or was written by a newer version of Holdfast.
 *
 * @example
 * const store = sqliteStore("orders.db");
 */
export function sqliteStore(options: string | SqliteStoreOptions): SqliteStore {
  const given: SqliteStoreOptions = typeof options === "string" ? { path: options } : options;
  checkGiven(given, "The options of sqliteStore", SQLITE_STORE_OPTIONS);
  const { path, database } = given;
  if (path !== undefined && database !== undefined) {
    throw new InvalidArgumentError("sqliteStore() takes a path or a database; got both.");
  }
  const opening = connectionOptions(given);
  const operating = { ...ledgerOptions(given), busyTimeoutMs: opening.busyTimeoutMs };
  if (database !== undefined) {
    checkMethods(database, "database", DATABASE_METHODS);
    const transactor = new SqliteTransactor(connectionOf(database, opening), { ...operating, owned: false });
    return new SqliteStore(transactor, operating.limits);
  }
  // What is not text for the system would be an error without a type, or the file of another name.
  if (typeof path !== "string" || path === "" || path.includes("\0") || !path.isWellFormed()) {
    throw new InvalidArgumentError(
      `sqliteStore() takes a path or { path } or { database }, not ${describe(options)}.`,
    );
  }
  const transactor = new SqliteTransactor(openConnection(path, opening), { ...operating, owned: true });
  return new SqliteStore(transactor, operating.limits);
}
