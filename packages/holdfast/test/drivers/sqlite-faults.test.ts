import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import { toStorageError } from "../../src/drivers/sqlite/sqlite-errors.ts";
import { InvalidArgumentError, UnsupportedRuntimeError } from "../../src/model/errors/argument-errors.ts";
import { StorageError } from "../../src/model/errors/storage-errors.ts";
import { sqliteDriver, sqliteStore } from "../../src/sqlite.ts";
import { batch, bytes, message, newRun, row } from "../../src/testing/conformance/samples.ts";
import { FailingDatabase, sqliteError, writes } from "./failing-database.ts";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();
const CONSTRAINT = 19;
const FULL = 13;
const IOERR_FSYNC = 10 | (4 << 8);
const BUSY = 5;

describe("a commit of which a statement fails", () => {
  test("has written nothing, at whichever statement it fails, and the writes beside it are done", async () => {
    let failedOnce = false;
    for (let failing = 1; failing === 1 || failedOnce; failing++) {
      failedOnce = false;
      const database = new FailingDatabase();
      const driver = sqliteDriver(database, "a");
      await driver.enqueueMessage(message("1"));
      await driver.commit(batch({ expectedRevision: 0, puts: [row([9])] }));
      const before = await driver.load();
      let statement = 0;
      database.failure = (sql) => {
        if (!writes(sql) || failedOnce || ++statement < failing) return undefined;
        failedOnce = true;
        return sqliteError(CONSTRAINT);
      };
      const effects = {
        puts: [row([1]), row([2])],
        deletes: [bytes(9)],
        consume: ["1"],
        complete: [{ id: "1", response: bytes(1) }],
      };
      const given = batch({ ...effects, send: [{ to: "a", message: message("2") }] });
      const beside = sqliteDriver(database, "b");
      const [outcome, other] = await Promise.allSettled([
        driver.commit(given),
        beside.commit(batch({ expectedRevision: 0 })),
      ]);
      if (!failedOnce) {
        expect(outcome.status).toBe("fulfilled");
        break;
      }
      const [failed, done] = outcome.status === "rejected" ? [outcome, other] : [other, outcome];
      expect(failed).toMatchObject({ reason: { outcome: "not-applied", retryable: false } });
      expect(done.status).toBe("fulfilled");
      if (outcome.status === "rejected") {
        expect(await driver.load()).toEqual(before);
        expect((await driver.peekMessages(null, 9)).map(({ id }) => id)).toEqual(["1"]);
        expect(await driver.applied(given.batchId)).toBe(false);
        await driver.commit(given);
      }
    }
  });

  test("takes the whole group with it when the disk is full, and all can be tried again", async () => {
    const database = new FailingDatabase();
    const store = sqliteStore({ database });
    await store.create(newRun("a"));
    database.failure = (sql) => (writes(sql) ? sqliteError(FULL, "database or disk is full") : undefined);
    const tries = [store.create(newRun("b")), store.enqueue("a", message("1"))];
    for (const outcome of await Promise.allSettled(tries)) {
      expect(outcome).toMatchObject({ reason: { outcome: "not-applied", retryable: true } });
      expect(String((outcome as PromiseRejectedResult).reason)).toContain("free space");
    }
    database.failure = () => undefined;
    expect((await store.create(newRun("b"))).created).toBe(true);
    await store.close();
  });
});

describe("a COMMIT that fails", () => {
  test("has an unknown outcome, which applied() tells", async () => {
    const database = new FailingDatabase();
    const driver = sqliteDriver(database, "a");
    await driver.commit(batch({ expectedRevision: 0 }));
    const given = batch();
    database.failure = (sql) => (sql === "COMMIT" ? sqliteError(IOERR_FSYNC, "disk I/O error") : undefined);
    await expect(driver.commit(given)).rejects.toMatchObject({ outcome: "unknown", retryable: true });
    database.failure = () => undefined;
    expect(await driver.applied(given.batchId)).toBe(false);
    await driver.commit(given);
    expect(await driver.applied(given.batchId)).toBe(true);
  });
});

describe("a write lock that another connection holds", () => {
  test("is waited for without keeping the event loop", async () => {
    const path = join(directory, "busy.db");
    const store = sqliteStore(path);
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    const creation = store.create(newRun("a"));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(ticks).toBeGreaterThan(5);
    clearInterval(ticking);
    other.exec("COMMIT");
    other.close();
    expect((await creation).created).toBe(true);
    await store.close();
  });

  test("is given up after busyTimeoutMs with an error that may be tried again", async () => {
    const path = join(directory, "held.db");
    const store = sqliteStore({ path, busyTimeoutMs: 60 });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const refused = store.create(newRun("a"));
    await expect(refused).rejects.toMatchObject({ outcome: "not-applied", retryable: true });
    await expect(refused).rejects.toThrow(/SQLITE_BUSY.*busyTimeoutMs/);
    expect(await store.get("a")).toBeNull();
    other.exec("COMMIT");
    other.close();
    await store.create(newRun("a"));
    await store.close();
  });

  test("does not keep close() from settling what waits", async () => {
    const path = join(directory, "closing.db");
    const store = sqliteStore({ path, busyTimeoutMs: 2_000 });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const creation = store.create(newRun("a"));
    const closing = store.close();
    setTimeout(() => other.exec("COMMIT"), 30);
    expect((await creation).created).toBe(true);
    await closing;
    other.close();
  });
});

describe("opening", () => {
  test("names the file and the remedy when it is no database, cannot be opened or written", () => {
    const noDatabase = join(directory, "text.db");
    writeFileSync(
      noDatabase,
      "This is not a database, but it is long enough to be looked at as one. ".repeat(20),
    );
    expect(() => sqliteStore(noDatabase)).toThrow(/text\.db.*SQLITE_NOTADB.*check the path/);
    const absent = join(directory, "absent", "x.db");
    expect(() => sqliteStore(absent)).toThrow(/x\.db.*SQLITE_CANTOPEN.*directory/);
    expect(() => sqliteStore(absent)).toThrow(StorageError);
  });

  test.skipIf(process.getuid?.() === 0)("names a file that is read-only", () => {
    const path = join(directory, "readonly.db");
    writeFileSync(path, "");
    chmodSync(path, 0o444);
    expect(() => sqliteStore(path)).toThrow(/readonly\.db.*SQLITE_READONLY.*writable/);
  });

  test("says which Node is needed where there is no node:sqlite", () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    expect(() => sqliteStore(":memory:")).toThrow(UnsupportedRuntimeError);
    expect(() => sqliteStore(":memory:")).toThrow("Node >= 22.13");
  });

  test("refuses arguments that name no storage", () => {
    for (const path of ["", "nul\0.db", "surrogate\ud800.db"])
      expect(() => sqliteStore(path)).toThrow(InvalidArgumentError);
    expect(() => sqliteStore({})).toThrow(InvalidArgumentError);
  });
});

test.each([
  [{ errcode: BUSY }, "SQLITE_BUSY", true],
  [{ errcode: 5 | (2 << 8) }, "SQLITE_BUSY", true],
  [{ code: "SQLITE_BUSY_SNAPSHOT" }, "SQLITE_BUSY", true],
  [{ code: "SQLITE_FULL", errno: 13 }, "SQLITE_FULL", true],
  [{ code: "SQLITE_IOERR_WRITE" }, "SQLITE_IOERR", true],
  [{ code: "SQLITE_READONLY_DBMOVED", errno: 1032 }, "SQLITE_READONLY", false],
  [{ errcode: 11 }, "SQLITE_CORRUPT", false],
  [{ errcode: 26 }, "SQLITE_NOTADB", false],
  [{ errcode: 1 }, "", false],
])("the library error %j becomes a StorageError (%s)", (parts, name, retryable) => {
  const cause = Object.assign(new Error("told by SQLite"), parts);
  const error = toStorageError(cause, '"orders.db"', "not-applied");
  expect(error).toMatchObject({ retryable, outcome: "not-applied", cause });
  expect(error.message).toContain('"orders.db"');
  expect(error.message).toContain("told by SQLite");
  expect(error.message).toContain(name);
});
