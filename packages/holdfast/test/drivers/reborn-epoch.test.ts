import { memoryStore } from "holdfast/memory";
import { sqliteStore } from "holdfast/sqlite";
import { expect, it } from "vitest";
import { createClaimed } from "../../src/testing/conformance/claimed-run.ts";
import { newRun } from "../../src/testing/conformance/samples.ts";

it.each([
  ["memory", () => memoryStore()],
  ["SQLite", () => sqliteStore(":memory:")],
])("a run that is created anew after a delete has an epoch that nobody has held (%s)", async (_, open) => {
  const store = open();
  const claim = await createClaimed(store, "run");
  await store.delete("run");
  await store.create(newRun("run"));
  // Whoever is late with the old claim reads the new run, and knows by this that it is another one.
  const image = await store.driver(claim).load();
  expect(image?.epoch).toBeGreaterThan(claim.epoch);
  await store.close();
});
