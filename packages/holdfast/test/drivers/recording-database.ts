import { DatabaseSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement, SqliteValue } from "../../src/sqlite.ts";

/** A database that keeps what it was asked. */
export class RecordingDatabase implements SqliteDatabase {
  readonly #database: DatabaseSync;
  /** Statements as they were executed, in order. */
  readonly executed: string[] = [];

  constructor(path = ":memory:") {
    this.#database = new DatabaseSync(path);
  }

  /** Whether a transaction is open. */
  get isTransaction(): boolean {
    return this.#database.isTransaction;
  }

  exec(sql: string): void {
    this.executed.push(sql);
    this.#database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    const recorded = <Result>(call: (...parameters: SqliteValue[]) => Result) => {
      return (...parameters: SqliteValue[]): Result => {
        this.executed.push(sql);
        return call.apply(statement, parameters);
      };
    };
    return { run: recorded(statement.run), get: recorded(statement.get), all: recorded(statement.all) };
  }

  close(): void {
    this.#database.close();
  }

  /** How SQLite would go through its tables for a statement, a line for each step. */
  planOf(sql: string): string[] {
    const rows = this.#database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return rows.map(({ detail }) => String(detail));
  }
}
