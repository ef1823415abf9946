import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { type SqliteDatabase, sqliteDriver, sqliteStore } from "holdfast/sqlite";
import type { DriverContext, DriverSettings, StoreContext } from "holdfast/testing";

/** Opens a file with a runtime's own SQLite. */
export type OpenDatabase = (path: string) => SqliteDatabase;

const optionsOf = ({ queuedMessages, driverLimits = {} }: DriverSettings) => ({
  limits: queuedMessages === undefined ? {} : { queuedMessages },
  driverLimits,
  pollMs: 1,
});

/** A copy of a file and its log as they are now: what a process finds that starts when the one before was killed. */
function copyOf(path: string): string {
  const copy = `${path}.${randomUUID()}`;
  for (const suffix of ["", "-wal"]) {
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  }
  return copy;
}

/** Stores on files of their own in a folder. */
export function storesIn(folder: string, openDatabase: OpenDatabase): StoreContext {
  return {
    async open({ clock, ...settings } = {}) {
      const path = join(folder, `${randomUUID()}.db`);
      const options = { ...optionsOf(settings), ...(clock === undefined ? {} : { clock }) };
      const openOn = (file: string) => sqliteStore({ database: openDatabase(file), ...options });
      const store = openOn(path);
      return {
        store,
        reopen: async () => store.close().then(() => openOn(path)),
        second: async () => openOn(path),
        crash: async () => openOn(copyOf(path)),
        transactions: () => store.stats.transactions,
      };
    },
  };
}

/** Bare drivers on files of their own in a folder. */
export function driversIn(folder: string, openDatabase: OpenDatabase): DriverContext {
  return {
    async open(settings = {}) {
      const path = join(folder, `${randomUUID()}.db`);
      const workflowId = "run under test";
      const database = openDatabase(path);
      const openOn = (file: string) => sqliteDriver(openDatabase(file), workflowId, optionsOf(settings));
      let driver = sqliteDriver(database, workflowId, optionsOf(settings));
      return {
        driver,
        workflowId,
        epoch: 0,
        reopen: async () => {
          await driver.close();
          driver = openOn(path);
          return driver;
        },
        response: (messageId) => driver.readResponse(messageId),
        close: () => driver.close(),
        second: async () => openOn(path),
        crash: async () => openOn(copyOf(path)),
        transactions: () => sqliteStore({ database }).stats.transactions,
      };
    },
  };
}
