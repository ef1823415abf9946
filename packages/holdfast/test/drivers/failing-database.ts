import { DatabaseSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement, SqliteValue } from "../../src/sqlite.ts";

/** An error as `node:sqlite` throws it. */
export function sqliteError(errcode: number, text = "made to fail"): Error {
  return Object.assign(new Error(text), { code: "ERR_SQLITE_ERROR", errcode });
}

/** A database that throws where a test wants it to. */
export class FailingDatabase implements SqliteDatabase {
  readonly #database: DatabaseSync;
  /** Asked before every statement; what it gives is thrown. */
  failure: (sql: string) => Error | undefined = () => undefined;

  constructor(path = ":memory:") {
    this.#database = new DatabaseSync(path);
  }

  exec(sql: string): void {
    this.#check(sql);
    this.#database.exec(sql);
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
