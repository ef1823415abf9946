import { DatabaseSync } from "node:sqlite";
import { StorageError } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { expect, test } from "vitest";
import { newRun } from "../../src/testing/conformance/samples.ts";

test("what is asked for while the owner of the handle has a transaction open waits for its end", async () => {
  const database = new DatabaseSync(":memory:");
  const store = sqliteStore({ database });
  database.exec("BEGIN");
  const [created, found] = [store.create(newRun("a")), store.get("b")];
  await new Promise((resolve) => setTimeout(resolve, 30));
  database.exec("COMMIT");
  expect([(await created).created, await found]).toEqual([true, null]);
});

test("it fails by type, and may be asked again, when that takes longer than the patience for locks", async () => {
  const database = new DatabaseSync(":memory:");
  const store = sqliteStore({ database, busyTimeoutMs: 20 });
  database.exec("BEGIN");
  for (const call of [() => store.create(newRun("a")), () => store.get("b")]) {
    const error = await call().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(StorageError.is(error) && [error.retryable, error.outcome]).toEqual([true, "not-applied"]);
  }
  database.exec("ROLLBACK");
  expect((await store.create(newRun("a"))).created).toBe(true);
});
