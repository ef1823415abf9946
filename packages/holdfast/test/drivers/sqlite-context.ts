import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type SqliteStore, sqliteDriver, sqliteStore } from "../../src/sqlite.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import type { DriverSettings } from "../../src/testing/conformance/driver-settings.ts";
import type { StoreContext } from "../../src/testing/conformance/store-context.ts";
import { fileDamage } from "./damages.ts";
import { FailingDatabase } from "./failing-database.ts";

/** A fresh directory for this test file, removed after it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function optionsOf({ queuedMessages, driverLimits = {} }: DriverSettings) {
  return { limits: queuedMessages === undefined ? {} : { queuedMessages }, driverLimits, pollMs: 1 };
}

/** A copy of a file and its log as they are now: what a process finds that starts when the one before was killed. */
function copyOf(path: string): string {
  const copy = `${path}.${randomUUID()}`;
  for (const suffix of ["", "-wal"]) {
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  }
  return copy;
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
        crash: async () => sqliteStore({ ...options, path: copyOf(path) }),
        damage: fileDamage(path),
        transactions: () => store.stats.transactions,
      };
    },
  };
}

/** Stores on handles that were passed in, and can fail: the handle outlives the store. */
export function handleStores(directory: string): StoreContext {
  return {
    async open({ clock, ...settings } = {}) {
      const path = join(directory, `${randomUUID()}.db`);
      const database = new FailingDatabase(path);
      const operating = { ...optionsOf(settings), ...(clock === undefined ? {} : { clock }) };
      const store = sqliteStore({ database, ...operating });
      const reopen = async (): Promise<SqliteStore> => {
        await store.close();
        return sqliteStore({ database, ...operating });
      };
      return {
        store,
        reopen,
        second: async () => sqliteStore({ path, ...operating }),
        crash: async () => sqliteStore({ path: copyOf(path), ...operating }),
        faults: database,
        damage: fileDamage(path),
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
      const options = optionsOf(settings);
      let database = new FailingDatabase(path);
      let driver = sqliteDriver(database, workflowId, options);
      const faults = database;
      const on = (file: string) => sqliteDriver(new FailingDatabase(file), workflowId, options);
      return {
        driver,
        workflowId,
        epoch: 0,
        reopen: async () => {
          await driver.close();
          database.close();
          database = new FailingDatabase(path);
          driver = sqliteDriver(database, workflowId, options);
          return driver;
        },
        response: (messageId) => driver.readResponse(messageId),
        close: () => driver.close(),
        second: async () => on(path),
        crash: async () => on(copyOf(path)),
        faults,
        damage: fileDamage(path),
        transactions: () => sqliteStore({ database }).stats.transactions,
      };
    },
  };
}
