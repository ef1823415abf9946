import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { FencedError } from "../../src/model/errors/storage-errors.ts";
import { type SqliteStore, sqliteDriver, sqliteStore } from "../../src/sqlite.ts";
import { batch, message, newRun, row } from "../../src/testing/conformance/samples.ts";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();

async function claimedRuns(store: SqliteStore, count: number) {
  const outcomes = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      store.create(newRun(`run ${index}`), { owner: "o", leaseMs: 60_000 }),
    ),
  );
  return outcomes.flatMap(({ claim }) => claim ?? []);
}

test("all writes of one turn are one transaction", async () => {
  const store = sqliteStore(join(directory, "turn.db"));
  const claims = await claimedRuns(store, 50);
  expect(store.stats.transactions).toBe(1);
  const commits = claims.map((claim) => store.driver(claim).commit(batch({ epoch: 1, puts: [row([1])] })));
  await Promise.all([
    ...commits,
    store.enqueue("run 0", message("1")),
    store.create(newRun("new")),
    store.request("run 1", "wake"),
    store.renew("o", claims),
    store.delete("run 2"),
  ]);
  expect(store.stats.transactions).toBe(2);
  await store.close();
});

test("what writes nothing is no transaction", async () => {
  const store = sqliteStore(join(directory, "nothing.db"));
  const [claim] = await claimedRuns(store, 1);
  await store.create(newRun("run 0"));
  await store.claim({ owner: "o", leaseMs: 1, limit: 9, workflowNames: null });
  await store.release({ workflowId: "run 0", epoch: 99 });
  await store.renew("another", claim === undefined ? [] : [claim]);
  expect(await store.delete("absent")).toBe(false);
  await expect(
    store.driver({ workflowId: "run 0", epoch: 1 }).commit(batch({ epoch: 1, expectedRevision: 5 })),
  ).rejects.toThrow(FencedError);
  expect(store.stats.transactions).toBe(1);
  await store.close();
});

test("bare drivers and stores on one handle share their transactions, and leave it open", async () => {
  const database = new DatabaseSync(join(directory, "handle.db"));
  const store = sqliteStore({ database });
  const drivers = ["x", "y", "z"].map((id) => sqliteDriver(database, id));
  await Promise.all([
    ...drivers.map((driver) => driver.commit(batch({ expectedRevision: 0 }))),
    store.create(newRun("a")),
  ]);
  expect(store.stats.transactions).toBe(1);
  const due = await store.claim({ owner: "o", leaseMs: 1, limit: 9, workflowNames: null });
  expect(due.claims.map(({ workflowId }) => workflowId)).toEqual(["a"]);
  await store.close();
  await drivers[0]?.commit(batch());
  expect(database.prepare("SELECT count(*) AS runs FROM holdfast_runs").get()).toEqual({ runs: 4 });
  database.close();
});

/** Overwrites the pages that hold what a table or index has. */
function damagePages(path: string, name: string): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const { page_size: size } = database.prepare("PRAGMA page_size").get() as { page_size: number };
  const leaves = database.prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'").all(name);
  database.close();
  const file = readFileSync(path);
  for (const { pageno } of leaves as { pageno: number }[])
    file.fill(0x77, (pageno - 1) * size, pageno * size);
  writeFileSync(path, file);
}

test("a write that meets a damaged page fails alone, and the others of its turn are done", async () => {
  const path = join(directory, "damaged.db");
  const before = sqliteStore(path);
  await before.create(newRun("a"));
  await before.enqueue("a", message("1"));
  await before.close();
  damagePages(path, "holdfast_messages_id");
  const store = sqliteStore(path);
  const [claim] = await claimedRuns(store, 1);
  const outcomes = await Promise.allSettled([
    store.driver(claim ?? { workflowId: "", epoch: 0 }).commit(batch({ epoch: 1, puts: [row([1])] })),
    store.enqueue("a", message("2")),
    store.create(newRun("b")),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[1]).toMatchObject({ reason: { code: "STORAGE", outcome: "not-applied" } });
  expect((await store.get("run 0"))?.revision).toBe(2);
  await store.close();
});
