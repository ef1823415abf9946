import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll } from "vitest";
import { type SqliteStore, sqliteDriver, sqliteStore } from "../../src/sqlite.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import type { DriverSettings } from "../../src/testing/conformance/driver-settings.ts";
import type { StoreContext } from "../../src/testing/conformance/store-context.ts";

/** A fresh directory for this test file, removed after it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function optionsOf({ queuedMessages, driverLimits = {} }: DriverSettings) {
  return { limits: queuedMessages === undefined ? {} : { queuedMessages }, driverLimits, pollMs: 1 };
}

/** Stores on files of their own. */
export function fileStores(directory: string): StoreContext {
  return {
    async open({ clock, ...settings } = {}) {
      const path = join(directory, `${randomUUID()}.db`);
      const options = { path, ...optionsOf(settings), ...(clock === undefined ? {} : { clock }) };
      const store = sqliteStore(options);
      const reopen = async (): Promise<SqliteStore> => {
        await store.close();
        return sqliteStore(options);
      };
      return {
        store,
        reopen,
        second: async () => sqliteStore(options),
        transactions: () => store.stats.transactions,
      };
    },
  };
}

/** Stores on databases in memory that were passed in: the handle outlives the store. */
export function handleStores(): StoreContext {
  return {
    async open({ clock, ...settings } = {}) {
      const database = new DatabaseSync(":memory:");
      const options = { database, ...optionsOf(settings), ...(clock === undefined ? {} : { clock }) };
      const store = sqliteStore(options);
      const reopen = async (): Promise<SqliteStore> => {
        await store.close();
        return sqliteStore(options);
      };
      return {
        store,
        reopen,
        second: async () => sqliteStore(options),
        transactions: () => store.stats.transactions,
      };
    },
  };
}

/** Bare drivers on files of their own. */
export function fileDrivers(directory: string): DriverContext {
  return {
    async open(settings = {}) {
      const path = join(directory, `${randomUUID()}.db`);
      const workflowId = "run under test";
      let database = new DatabaseSync(path);
      let driver = sqliteDriver(database, workflowId, optionsOf(settings));
      return {
        driver,
        workflowId,
        epoch: 0,
        reopen: async () => {
          await driver.close();
          database.close();
          database = new DatabaseSync(path);
          driver = sqliteDriver(database, workflowId, optionsOf(settings));
          return driver;
        },
        response: (messageId) => driver.readResponse(messageId),
        close: () => driver.close(),
      };
    },
  };
}
