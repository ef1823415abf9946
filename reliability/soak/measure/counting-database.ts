import type { SqliteDatabase, SqliteStatement } from "#holdfast/sqlite.ts";

/** A SQLite handle that counts what is run on it. */
export interface CountingDatabase extends SqliteDatabase {
  /** Statements that were run, those that open and end transactions included. */
  readonly statements: () => number;
}

export function countingDatabase(database: SqliteDatabase): CountingDatabase {
  let statements = 0;
  const counted = (statement: SqliteStatement): SqliteStatement => ({
    run: (...parameters) => {
      statements += 1;
      return statement.run(...parameters);
    },
    get: (...parameters) => {
      statements += 1;
      return statement.get(...parameters);
    },
    all: (...parameters) => {
      statements += 1;
      return statement.all(...parameters);
    },
  });
  return {
    statements: () => statements,
    exec: (sql) => {
      statements += 1;
      return database.exec(sql);
    },
    prepare: (sql) => counted(database.prepare(sql)),
    close: () => database.close(),
  };
}
