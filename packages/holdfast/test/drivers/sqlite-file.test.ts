import { copyFileSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { type SqliteStore, sqliteStore } from "../../src/sqlite.ts";
import { message, newRun } from "../../src/testing/conformance/samples.ts";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();
/** Longer than the time between two looks at the file. */
const LOOK_MS = 120;
const REFUSED = { code: "STORAGE", outcome: "not-applied", retryable: false };

/** How a store comes to its file. */
const openings: Readonly<Record<string, (path: string) => SqliteStore>> = {
  "by its path": (path) => sqliteStore(path),
  "on a handle": (path) => {
    const database = new DatabaseSync(path);
    onTestFinished(() => database.close());
    return sqliteStore({ database });
  },
};

/** Another connection to the file. */
function meanwhile(path: string, sql: string): void {
  const other = new DatabaseSync(path);
  other.exec(sql);
  other.close();
}

describe.each(Object.entries(openings))(
  "a file that another one is put in the place of, while it is open %s",
  (how, open) => {
    const ways: Record<string, (path: string) => void> = {
      deleted: (path) => unlinkSync(path),
      moved: (path) => renameSync(path, `${path}.moved`),
      replaced: (path) => {
        copyFileSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
      "left without its log": (path) => unlinkSync(`${path}-wal`),
      "left without its shared memory": (path) => unlinkSync(`${path}-shm`),
    };
    test.each(Object.entries(ways))("acknowledges nothing more: %s", async (what, change) => {
      const path = join(directory, `${what} ${how}.db`);
      const store = open(path);
      await store.create(newRun("before"));
      change(path);
      await pause(LOOK_MS);
      await expect(store.create(newRun("after"))).rejects.toMatchObject(REFUSED);
      await expect(store.enqueue("before", message("1"))).rejects.toThrow(/was deleted, moved or replaced/);
      await expect(
        store.claim({ owner: "o", leaseMs: 1_000, limit: 9, workflowNames: null }),
      ).rejects.toThrow(/was deleted, moved or replaced/);
      await store.close();
    });

    test("is looked at under its own name where it was opened by another: a link, a URI", async () => {
      const path = join(directory, `named ${how}.db`);
      const link = join(directory, `link ${how}.db`);
      symlinkSync(path, link);
      for (const name of [link, `file:${path}`]) {
        const store = open(name);
        await store.create(newRun(`before ${name}`));
        unlinkSync(path);
        await pause(LOOK_MS);
        await expect(store.create(newRun("after"))).rejects.toMatchObject(REFUSED);
        await store.close();
        for (const left of ["-wal", "-shm"]) rmSync(`${path}${left}`, { force: true });
      }
    });

    test("goes on when the file is back", async () => {
      const path = join(directory, `back ${how}.db`);
      const store = open(path);
      renameSync(path, `${path}.moved`);
      await pause(LOOK_MS);
      await expect(store.create(newRun("a"))).rejects.toMatchObject(REFUSED);
      renameSync(`${path}.moved`, path);
      expect((await store.create(newRun("a"))).created).toBe(true);
      await store.close();
    });
  },
);

describe.each(Object.entries(openings))(
  "a schema that another process changes, while the file is open %s",
  (how, open) => {
    test("is not written by a release that does not know it", async () => {
      const path = join(directory, `migrated ${how}.db`);
      const store = open(path);
      await store.create(newRun("before"));
      meanwhile(
        path,
        "BEGIN; ALTER TABLE holdfast_consumed ADD COLUMN news INTEGER; INSERT INTO holdfast_schema VALUES (99, 'news', 0); COMMIT",
      );
      await expect(store.create(newRun("after"))).rejects.toMatchObject(REFUSED);
      await expect(store.enqueue("before", message("1"))).rejects.toThrow(/has schema version 99/);
      await store.close();
    });

    test("is refused while an index is missing, and only so long", async () => {
      const path = join(directory, `dropped ${how}.db`);
      const store = open(path);
      await store.create(newRun("before"));
      meanwhile(path, "DROP INDEX holdfast_runs_status");
      await expect(store.create(newRun("after"))).rejects.toThrow(/holdfast_runs_status is missing/);
      await expect(store.get("before")).rejects.toThrow(/holdfast_runs_status is missing/);
      meanwhile(path, "CREATE INDEX holdfast_runs_status ON holdfast_runs (status)");
      expect((await store.create(newRun("after"))).created).toBe(true);
      await store.close();
    });

    test("may be vacuumed, and stand beside tables of others", async () => {
      const path = join(directory, `vacuumed ${how}.db`);
      const store = open(path);
      await store.create(newRun("before"));
      meanwhile(path, "CREATE TABLE customers (name TEXT); VACUUM");
      expect((await store.create(newRun("after"))).created).toBe(true);
      await store.close();
    });
  },
);
