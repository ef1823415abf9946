import { checkMethods, checkWorkflowId } from "../../model/check.ts";
import { checkGiven } from "../../model/option-names.ts";
import type { DriverLimits } from "../../storage/records.ts";
import { TablesDriver } from "../../storage/tables/tables-driver.ts";
import { connectionOf } from "./connection.ts";
import { DATABASE_METHODS, type SqliteDatabase } from "./database.ts";
import {
  connectionOptions,
  ledgerOptions,
  SQLITE_DRIVER_OPTIONS,
  type SqliteOptions,
} from "./sqlite-options.ts";
import { SqliteTransactor } from "./sqlite-transactor.ts";

/** A bare driver on SQLite: one run, epoch 0, in the same tables as a store's runs. */
export class SqliteDriver extends TablesDriver {
  readonly #sqlite: SqliteTransactor;
  readonly #workflowId: string;

  /** @internal Use `sqliteDriver()`. */
  constructor(transactor: SqliteTransactor, workflowId: string, limits: DriverLimits) {
    super(transactor, { workflowId, epoch: 0, bare: true }, limits);
    this.#sqlite = transactor;
    this.#workflowId = workflowId;
  }

  /** The answer to a completable message, or null while there is none. */
  readResponse(messageId: string): Promise<Uint8Array | null> {
    return this.#sqlite.read(({ tables }) => {
      const run = tables.findRun(this.#workflowId);
      return run === null ? null : tables.response(run.key, messageId);
    });
  }

  /** Later calls reject with `StoreClosedError`. The database stays open: it is its owner's. */
  close(): Promise<void> {
    return this.#sqlite.close();
  }
}

/**
 * A bare driver for one run in an open database, for a platform that isolates runs itself: the run is created by its
 * first commit (expected revision 0), and no store's worker claims it. The database stays yours to close.
 * @throws InvalidArgumentError, LimitError, StorageError
 */
export function sqliteDriver(
  database: SqliteDatabase,
  workflowId: string,
  options: SqliteOptions = {},
): SqliteDriver {
  checkMethods(database, "database", DATABASE_METHODS);
  checkWorkflowId(workflowId);
  checkGiven(options, "The options of sqliteDriver", SQLITE_DRIVER_OPTIONS);
  const opening = connectionOptions(options);
  const operating = { ...ledgerOptions(options), busyTimeoutMs: opening.busyTimeoutMs, owned: false };
  const transactor = new SqliteTransactor(connectionOf(database, opening), operating);
  return new SqliteDriver(transactor, workflowId, operating.limits);
}
