import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedRows } from "../../src/drivers/memory/sorted-rows.ts";
import { compareBytes } from "../../src/storage/byte-order.ts";

const key = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 }).map((units) => Uint8Array.from(units));
const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ put: key, value: fc.integer({ min: 0, max: 255 }) }) },
  { weight: 1, arbitrary: fc.record({ from: key, to: key }) },
);

test("holds what a plain map holds, in byte order", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 1_500, size: "max" }), (actions) => {
      const rows = new SortedRows();
      const model = new Map<string, { key: Uint8Array; value: Uint8Array }>();
      for (const one of actions) {
        if ("put" in one) {
          const row = { key: one.put, value: Uint8Array.of(one.value) };
          rows.put(row);
          model.set(row.key.join(), row);
          continue;
        }
        rows.deleteRange(one.from, one.to);
        for (const [id, row] of model) {
          if (compareBytes(one.from, row.key) <= 0 && compareBytes(row.key, one.to) < 0) model.delete(id);
        }
      }
      const expected = [...model.values()].sort((a, b) => compareBytes(a.key, b.key));
      expect([...rows.range(new Uint8Array(0), null)]).toEqual(expected);
      expect(rows.size).toBe(expected.length);
      expect(rows.bytes).toBe(expected.reduce((sum, row) => sum + row.key.length + row.value.length, 0));
    }),
    { numRuns: 60 },
  );
});

test("stays flat over 100,000 rows that come and go", () => {
  const rows = new SortedRows();
  const keyOf = (index: number): Uint8Array => Uint8Array.of(index >>> 16, (index >>> 8) & 255, index & 255);
  for (let index = 0; index < 100_000; index++) {
    rows.put({ key: keyOf(index), value: Uint8Array.of(1) });
    if (index >= 50) rows.deleteRange(keyOf(index - 50), keyOf(index - 49));
  }
  expect(rows.size).toBe(50);
});
