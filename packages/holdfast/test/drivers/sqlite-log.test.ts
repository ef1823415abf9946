import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sqliteStore } from "../../src/sqlite.ts";
import { batch, newRun, row } from "../../src/testing/conformance/samples.ts";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();
const COMMITS = 400;
const LARGE = new Uint8Array(8_000);
const LOG_BYTES = 2_000_000;

test("a file of its own has small pages, so that a commit of few bytes writes few", async () => {
  const path = join(directory, "pages.db");
  const store = sqliteStore(path);
  const { claim } = await store.create(newRun("run"), { owner: "o", leaseMs: 60_000 });
  if (claim === null) throw new Error("The run was not claimed.");
  const written = statSync(`${path}-wal`).size;
  await store.driver(claim).commit(batch({ epoch: claim.epoch, expectedRevision: 1, puts: [row([1])] }));
  expect(statSync(`${path}-wal`).size - written).toBeLessThan(4_096);
  await store.close();
});

test("the log is taken in long before it could fill a small disk", async () => {
  const path = join(directory, "log.db");
  const store = sqliteStore({ path, synchronous: "normal" });
  const { claim } = await store.create(newRun("run"), { owner: "o", leaseMs: 60_000 });
  if (claim === null) throw new Error("The run was not claimed.");
  const driver = store.driver(claim);
  for (let revision = 1; revision <= COMMITS; revision++) {
    const puts = [row([revision >> 8, revision & 255], LARGE)];
    await driver.commit(batch({ epoch: claim.epoch, expectedRevision: revision, puts }));
  }
  expect(statSync(`${path}-wal`).size).toBeLessThan(LOG_BYTES);
  expect(statSync(path).size).toBeGreaterThan(LOG_BYTES);
  await store.close();
});
