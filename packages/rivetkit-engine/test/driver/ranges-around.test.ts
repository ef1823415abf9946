import { expect, test } from "vitest";
import { rangesAround } from "../../src/driver/ranges-around.ts";

const key = (...bytes: number[]) => Uint8Array.from(bytes);

test("a range leaves out the keys that are put, and nothing else", () => {
  const range = { from: key(1), to: key(3) };
  const puts = [key(2, 5), key(1), key(3), key(0, 9), key(2)];
  expect(rangesAround(range, puts)).toEqual([
    { from: key(1, 0), to: key(2) },
    { from: key(2, 0), to: key(2, 5) },
    { from: key(2, 5, 0), to: key(3) },
  ]);
});

test("a range without such keys stays as it is, and one of such keys only is gone", () => {
  expect(rangesAround({ from: key(1), to: key(2) }, [key(7)])).toEqual([{ from: key(1), to: key(2) }]);
  expect(rangesAround({ from: key(1), to: key(1, 0) }, [key(1)])).toEqual([]);
});
