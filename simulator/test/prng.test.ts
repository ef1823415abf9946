import { expect, test } from "vitest";
import { freshSeed, numberedSeed, Prng } from "../random/prng.ts";

function draws(seed: string, purpose: string): number[] {
  const prng = new Prng(seed, purpose);
  return Array.from({ length: 8 }, () => prng.next());
}

test("the same seed and purpose give the same numbers", () => {
  expect(draws(numberedSeed(7), "programs")).toEqual(draws(numberedSeed(7), "programs"));
});

test("the numbers of a seed are those that they were when it was found to fail", () => {
  const prng = new Prng("00000000000000000000000000000001", "golden");
  expect([prng.int(1_000_000), prng.int(1_000_000), prng.int(1_000_000)]).toEqual([937975, 779074, 207437]);
  expect(numberedSeed(1)).toBe("c49484d8284f7f7b6584aa8f9381f4ff");
});

test("seeds and purposes that differ in one character give numbers that have nothing in common", () => {
  const streams = [
    draws(numberedSeed(7), "programs"),
    draws(numberedSeed(7), "programt"),
    draws(numberedSeed(8), "programs"),
    draws("00000000000000000000000000000000", ""),
    draws("00000000000000000000000000000001", ""),
  ];
  expect(new Set(streams.flat()).size).toBe(5 * 8);
});

test("numbered seeds differ from each other, and fresh ones are never the same", () => {
  const numbered = Array.from({ length: 10_000 }, (_, n) => numberedSeed(n));
  expect(new Set(numbered).size).toBe(10_000);
  expect(numbered.every((seed) => /^[0-9a-f]{32}$/.test(seed))).toBe(true);
  expect(freshSeed()).not.toBe(freshSeed());
});

test("numbers are spread evenly, also the first one of many seeds", () => {
  const buckets = new Array<number>(16).fill(0);
  for (let n = 0; n < 16_000; n++) {
    const bucket = new Prng(numberedSeed(n), "first").int(16);
    buckets[bucket] = (buckets[bucket] as number) + 1;
  }
  // 1,000 expected in each; five standard deviations are about 155.
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(155);
});

test("between includes both ends, shuffle keeps all items, chance has its ends", () => {
  const prng = new Prng(numberedSeed(1), "ends");
  const drawn = new Set(Array.from({ length: 200 }, () => prng.between(-1, 2)));
  expect([...drawn].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
  expect(prng.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
  expect(Array.from({ length: 50 }, () => prng.chance(0))).not.toContain(true);
  expect(Array.from({ length: 50 }, () => prng.chance(1))).not.toContain(false);
});

test("a seed that is none, and a choice from nothing, are refused", () => {
  expect(() => new Prng("123", "x")).toThrow("32 hexadecimal digits");
  expect(() => new Prng(numberedSeed(1), "x").pick([])).toThrow("nothing to pick");
});
