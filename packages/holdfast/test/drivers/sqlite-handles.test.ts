import { DatabaseSync } from "node:sqlite";
import {
  type SqliteDatabase,
  type SqliteStatement,
  type SqliteValue,
  sqliteDriver,
} from "../../src/sqlite.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { NO_ALARM, runConformance } from "./run-conformance.ts";

function mapped(row: unknown, change: (value: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(row as object).map(([column, value]) => [column, change(value)]));
}

/** A handle that differs from `node:sqlite` as other libraries do. */
function handle(change: (value: unknown) => unknown, none: null | undefined): SqliteDatabase {
  const database = new DatabaseSync(":memory:");
  return {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql): SqliteStatement {
      const statement = database.prepare(sql);
      return {
        run: (...parameters: SqliteValue[]) => statement.run(...parameters),
        get: (...parameters) => {
          const row = statement.get(...parameters);
          return row === undefined ? none : mapped(row, change);
        },
        all: (...parameters) => statement.all(...parameters).map((row) => mapped(row, change)),
      };
    },
  };
}

function drivers(open: () => SqliteDatabase): DriverContext {
  return {
    async open({ queuedMessages, driverLimits = {} } = {}) {
      const database = open();
      const options = { limits: queuedMessages === undefined ? {} : { queuedMessages }, driverLimits };
      const driver = sqliteDriver(database, "run under test", options);
      const reopen = async () => sqliteDriver(database, "run under test", options);
      const response = (messageId: string) => driver.readResponse(messageId);
      return {
        driver,
        workflowId: "run under test",
        epoch: 0,
        reopen,
        response,
        close: () => driver.close(),
      };
    },
  };
}

const asBuffer = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value) : value);
const asBigInt = (value: unknown): unknown => (Number.isInteger(value) ? BigInt(value as number) : value);

/** What these handles leave out, which has nothing to do with how they give rows. */
const elsewhere = "tested on files: sqlite-driver.test.ts";
const leftOut = Object.fromEntries(
  driverConformance
    .filter(({ id }) =>
      /^(fault|crash|damage|second|transactions)-|^(pages-hundred-thousand|queue-deep)$/.test(id),
    )
    .map(({ id }) => [id, elsewhere]),
);
const deviations = { ...leftOut, ...NO_ALARM };

runConformance("a handle that gives Buffers, as better-sqlite3 does", {
  cases: driverConformance,
  context: drivers(() => handle(asBuffer, undefined)),
  deviations,
});
runConformance("a handle that gives null for no row and big integers, as bun:sqlite can", {
  cases: driverConformance,
  context: drivers(() => handle(asBigInt, null)),
  deviations,
});
