import { expect, test } from "vitest";
import type { Cell } from "../src/plan.ts";
import { Results } from "../src/results.ts";
import { cellsOf, subject, work } from "./cells.ts";

const SIZES = [
  { label: "10", count: 10 },
  { label: "100", count: 100 },
];

function twoSizes(limitSeconds: number): { results: Results; small: Cell; large: Cell } {
  const [small, large] = cellsOf([subject("peer")], work("W1", SIZES, limitSeconds));
  if (small === undefined || large === undefined) throw new Error("two cells were planned");
  return { results: new Results([small, large]), small, large };
}

test("repetitions give the median and the extremes", () => {
  const { results, small } = twoSizes(60);
  for (const rate of [30, 10, 20]) results.add(small, { rate }, 1);
  expect(results.all()[0]?.figures).toEqual({
    rate: { median: 20, least: 10, greatest: 30, repetitions: 3 },
  });
});

test("a size that would take too long by the rate of the smaller one is left out, with the time it would take", () => {
  const { results, small, large } = twoSizes(60);
  results.add(small, { rate: 1, seconds: 8 }, 10);
  expect(results.isWanted(large)).toBe(false);
  expect(results.all()[1]?.gap).toBe("by its rate at the smaller size it would take 82 s");
});

test("what does not grow with the size does not count for the larger one", () => {
  const { results, small, large } = twoSizes(60);
  results.add(small, { rate: 1, seconds: 1 }, 10);
  expect(results.isWanted(large)).toBe(true);
});

test("a failure is a gap, even when another repetition went well", () => {
  const { results, small, large } = twoSizes(60);
  results.add(small, { rate: 1 }, 1);
  results.fail(small, "it broke\nsomewhere");
  expect(results.all()[0]).toMatchObject({ figures: {}, gap: "it broke" });
  expect(results.isWanted(large)).toBe(false);
});

test("what no time was left for is named so", () => {
  const { results, small } = twoSizes(60);
  results.add(small, { rate: 1 }, 1);
  expect(results.all().map(({ gap }) => gap)).toEqual([undefined, "no time was left for it"]);
});

test("a measurement that takes long is not repeated", () => {
  const { results, small } = twoSizes(600);
  results.add(small, { rate: 1 }, 61);
  expect(results.isWanted(small)).toBe(false);
});
