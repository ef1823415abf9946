import type { DatabaseSync } from "node:sqlite";
import type { SqliteStoreOptions } from "#holdfast/drivers/sqlite/sqlite-options.ts";
import type { Failpoints } from "./failpoints.ts";

type Database = NonNullable<SqliteStoreOptions["database"]>;

/** A database whose write transactions pass failpoints: with the lock held, rows written, and around their commit. */
export function failpointDatabase(database: DatabaseSync, failpoints: Failpoints): Database {
  let writing = false;
  return {
    exec(sql) {
      const committing = writing && sql === "COMMIT";
      if (committing) failpoints.pass("transaction.commit");
      database.exec(sql);
      if (committing) failpoints.pass("transaction.committed");
      writing = sql === "BEGIN IMMEDIATE";
      if (writing) failpoints.pass("transaction.begun");
    },
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run(...parameters) {
          const done = statement.run(...parameters);
          if (writing) failpoints.pass("transaction.written");
          return done;
        },
        get: (...parameters) => statement.get(...parameters),
        all: (...parameters) => statement.all(...parameters),
      };
    },
    close: () => database.close(),
  };
}
