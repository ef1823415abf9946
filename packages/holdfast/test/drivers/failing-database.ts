import { DatabaseSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement, SqliteValue } from "../../src/sqlite.ts";
import type { StorageFaults } from "../../src/testing/conformance/storage-faults.ts";

const IOERR_WRITE = 10 | (3 << 8);
const IOERR_FSYNC = 10 | (4 << 8);

/** An error as `node:sqlite` throws it. */
export function sqliteError(errcode: number, text = "made to fail"): Error {
  return Object.assign(new Error(text), { code: "ERR_SQLITE_ERROR", errcode });
}

/** A database that throws where a test wants it to. */
export class FailingDatabase implements SqliteDatabase, StorageFaults {
  readonly #database: DatabaseSync;
  #committed: () => void = () => {};
  happened = false;
  /** Asked before every statement; what it gives is thrown. */
  failure: (sql: string) => Error | undefined = () => undefined;

  constructor(path = ":memory:") {
    this.#database = new DatabaseSync(path);
  }

  /** Whether a transaction is open. */
  get isTransaction(): boolean {
    return this.#database.isTransaction;
  }

  failWrite(number: number): void {
    let left = number;
    this.happened = false;
    this.failure = (sql) => {
      if (!writes(sql) || this.happened || --left > 0) return undefined;
      this.happened = true;
      return sqliteError(IOERR_WRITE, "disk I/O error");
    };
  }

  loseAnswer(): void {
    let written = false;
    this.happened = false;
    this.failure = (sql) => {
      written ||= writes(sql);
      return undefined;
    };
    this.#committed = () => {
      if (!written || this.happened) return;
      this.happened = true;
      throw sqliteError(IOERR_FSYNC, "disk I/O error");
    };
  }

  heal(): void {
    this.failure = () => undefined;
    this.#committed = () => {};
  }

  exec(sql: string): void {
    this.#check(sql);
    this.#database.exec(sql);
    if (sql === "COMMIT") this.#committed();
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    const checked = <Result>(call: (...parameters: SqliteValue[]) => Result) => {
      return (...parameters: SqliteValue[]): Result => {
        this.#check(sql);
        return call.apply(statement, parameters);
      };
    };
    return { run: checked(statement.run), get: checked(statement.get), all: checked(statement.all) };
  }

  close(): void {
    this.#database.close();
  }

  #check(sql: string): void {
    const error = this.failure(sql);
    if (error !== undefined) throw error;
  }
}

/** Statements that write. */
export function writes(sql: string): boolean {
  return /^(INSERT|UPDATE|DELETE)/.test(sql);
}
