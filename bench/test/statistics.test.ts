import { expect, test } from "vitest";
import { quantile, spreadOf } from "../src/statistics.ts";

test("an even number of values has its median between the two in the middle", () => {
  expect(spreadOf([4, 1, 3, 2]).median).toBe(2.5);
});

test("quantiles lie between neighbours in proportion", () => {
  expect(quantile([0, 10, 20, 30, 40], 0.99)).toBeCloseTo(39.6);
});

test("no values have no spread", () => {
  expect(() => spreadOf([])).toThrow("no values");
});
