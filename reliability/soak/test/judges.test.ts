import { describe, expect, it } from "vitest";
import { afterWarmUp, medianSlope } from "../measure/slope.ts";
import { atLeast, atMost, exactly } from "../report/check.ts";
import { formatReport } from "../report/table.ts";

/** A heap that goes up and down by `noise`, and grows by `perUnit`. */
function heap({ perUnit, noise, jump = 0 }: { perUnit: number; noise: number; jump?: number }) {
  return Array.from({ length: 40 }, (_, index) => ({
    at: index * 100,
    value: 15_000_000 + index * 100 * perUnit + (index % 3) * noise + (index > 25 ? jump : 0),
  }));
}

describe("the slope", () => {
  it("is that of a heap that grows, whatever the noise", () => {
    expect(medianSlope(heap({ perUnit: 100, noise: 20_000 }))).toBeCloseTo(100, -1);
  });

  it("is flat for a heap that only goes up and down", () => {
    expect(Math.abs(medianSlope(heap({ perUnit: 0, noise: 20_000 })))).toBeLessThan(10);
  });

  it("is not that of a single jump", () => {
    expect(Math.abs(medianSlope(heap({ perUnit: 0, noise: 0, jump: 500_000 })))).toBeLessThan(1);
  });

  it("cannot be told from one sample", () => {
    expect(() => medianSlope([{ at: 0, value: 1 }])).toThrow("two samples");
  });

  it("leaves the warm-up out", () => {
    const samples = [0, 50, 100, 150, 200].map((at) => ({ at, value: 0 }));
    expect(afterWarmUp(samples, 0.25).map(({ at }) => at)).toEqual([50, 100, 150, 200]);
  });
});

describe("a check", () => {
  it("holds at its bound and not beyond", () => {
    const about = (measured: number) => ({ name: "n", measured, unit: "B" });
    expect([atMost(2, about(2)).ok, atMost(2, about(2.1)).ok]).toEqual([true, false]);
    expect([atLeast(2, about(2)).ok, atLeast(2, about(1.9)).ok]).toEqual([true, false]);
    expect([exactly(0, about(0)).ok, exactly(0, about(1)).ok]).toEqual([true, false]);
  });

  it("that fails stands out in the table", () => {
    const checks = [atMost(2, { name: "listeners", measured: 11, unit: "listeners" })];
    const table = formatReport({ id: "S1", title: "t", seconds: 1, figures: [], checks });
    expect(table).toContain("BAD listeners");
    expect(table).toContain("11 listeners  (≤ 2)");
  });
});
