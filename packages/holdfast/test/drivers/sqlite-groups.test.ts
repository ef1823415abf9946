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
