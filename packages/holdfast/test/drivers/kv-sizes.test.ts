import { expect, test } from "vitest";
import { assertChangeFits } from "../../src/drivers/kv/kv-limits.ts";
import type { KVEntry } from "../../src/storage/records.ts";
import { row } from "../../src/testing/conformance/samples.ts";

test("a change of half a million rows is measured", () => {
  const puts = Array.from<KVEntry>({ length: 500_000 }).fill(row([1], [2, 3]));
  const change = { deleteRanges: [], deletes: [], puts };
  expect(() => assertChangeFits("a", change, { batchBytes: 1_500_000 })).not.toThrow();
  expect(() => assertChangeFits("a", change, { batchBytes: 1_499_999 })).toThrow("1500000");
  expect(() => assertChangeFits("a", change, { valueBytes: 1 })).toThrow("valueBytes");
});
