import type { StorageError } from "../../model/errors/storage-errors.ts";
import { type Change, Waiters } from "../../storage/waiters.ts";
import { ChangePoll } from "./change-poll.ts";
import { openFile, type SqliteDatabase } from "./database.ts";
import { GroupCommit } from "./group-commit.ts";
import { OpenedFile } from "./opened-file.ts";
import { prepareDatabase } from "./prepare.ts";
import { RunCache } from "./run-cache.ts";
import { SchemaGuard } from "./schema-guard.ts";
import { toStorageError } from "./sqlite-errors.ts";
import type { ConnectionOptions } from "./sqlite-options.ts";
import { SqliteTables } from "./sqlite-tables.ts";
import { numberOf, Statements } from "./statements.ts";

const settled = Promise.resolve();

/** One connection, shared by all stores and drivers on the same handle, so that their writes share transactions. */
export class Connection {
  readonly tables: SqliteTables;
  readonly waiters = new Waiters();
  readonly poll: ChangePoll;
  readonly group: GroupCommit;
  readonly #database: SqliteDatabase;
  readonly #file: string;
  readonly #begun: () => void;
  readonly #alone: boolean;
  /** Whether a transaction of reads is open: never longer than microtasks run. */
  #reading = false;

  /**
   * `alone`: nobody else uses this handle, so what is known is known until another one commits. `opened`: the file, null where no
   * other connection can come to it.
   */
  constructor(
    database: SqliteDatabase,
    file: string,
    options: ConnectionOptions & { alone: boolean; opened: OpenedFile | null },
  ) {
    const statements = new Statements(database);
    const { alone, opened, busyTimeoutMs, pollMs } = options;
    const cache = alone ? new RunCache() : null;
    const schema = opened === null ? null : new SchemaGuard(database, file, statements);
    const tables = new SqliteTables(statements, cache);
    const dataVersion = (): number => numberOf(statements.get("PRAGMA data_version")?.data_version);
    this.#database = database;
    this.#alone = alone;
    this.#file = file;
    this.tables = tables;
    let seen: number | null = null;
    this.#begun = () => {
      if (opened === null) return;
      opened.assertThere();
      const version = dataVersion();
      if (version === seen) return;
      // Another connection has committed since: what it may have changed is not known any more.
      schema?.assertSound();
      cache?.clear();
      seen = version;
    };
    this.group = new GroupCommit({
      database,
      file,
      busyTimeoutMs,
      writes: () => tables.writes,
      begun: this.#begun,
      undone: () => cache?.clear(),
    });
    const version = (): number | null => {
      try {
        return dataVersion();
      } catch {
        return null;
      }
    };
    this.poll = new ChangePoll(this.waiters, { pollMs, version });
  }

  /** Runs `work`, which only reads, on one snapshot; on a file of its own all reads of a burst of microtasks share one. */
  read<T>(work: () => T): T {
    if (!this.#reading) this.#beginRead();
    let done = false;
    try {
      const read = work();
      done = true;
      return read;
    } finally {
      if (!done || !this.#alone) this.#endRead();
    }
  }

  #beginRead(): void {
    this.poll.looked();
    this.#database.exec("BEGIN");
    this.#reading = true;
    try {
      this.#begun();
    } catch (error) {
      this.#endRead();
      throw error;
    }
    if (this.#alone) void settled.then(this.#endRead);
  }

  /** Tells those who wait in this process. */
  changed(changes: readonly Change[]): void {
    for (const change of changes) this.waiters.changed(change);
  }

  /** The typed error for one that SQLite threw in a read. */
  readFailure(error: unknown): StorageError {
    return toStorageError(error, this.#file, "not-applied");
  }

  close(): void {
    this.#database.close();
  }

  readonly #endRead = (): void => {
    if (!this.#reading) return;
    this.#reading = false;
    try {
      this.#database.exec("COMMIT");
    } catch {
      // A read that failed has ended already; its own error is the one to tell.
    }
  };
}

/** What a handle that was passed in is called. */
const GIVEN = "the given database";
/** Connections on handles that were passed in: a second store or driver on one shares its transactions. */
const shared = new WeakMap<SqliteDatabase, Connection>();

/** The connection of a handle that stays its owner's to close. */
export function connectionOf(database: SqliteDatabase, options: ConnectionOptions): Connection {
  const existing = shared.get(database);
  if (existing !== undefined) return existing;
  prepareDatabase(database, GIVEN, { ...options, alone: false });
  const opened = OpenedFile.of(database);
  const connection = new Connection(database, GIVEN, { ...options, alone: false, opened });
  shared.set(database, connection);
  return connection;
}

/** A connection of its own to a file, or to a database in memory with the path `:memory:`. */
export function openConnection(path: string, options: ConnectionOptions): Connection {
  let database: SqliteDatabase;
  try {
    database = openFile(path);
  } catch (error) {
    throw withoutDatabase(error, path);
  }
  try {
    prepareDatabase(database, `"${path}"`, { ...options, alone: true });
    const opened = new OpenedFile(path, database);
    return new Connection(database, `"${path}"`, { ...options, alone: true, opened });
  } catch (error) {
    database.close();
    throw error;
  }
}

function withoutDatabase(error: unknown, path: string): unknown {
  return error instanceof Error && "errcode" in error
    ? toStorageError(error, `"${path}"`, "not-applied")
    : error;
}
