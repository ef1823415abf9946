import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationMs, instantMs } from "../../src/model/duration.ts";
import { MAX_DURATION_MS } from "../../src/model/limits.ts";
import { backoffMs, retryPolicy } from "../../src/model/retry-policy.ts";

const RUNS = { numRuns: 2_000 };
const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" });

describe("durations", () => {
  it("in words are the same as in milliseconds", () => {
    const unit = fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[]));
    fc.assert(
      fc.property(fc.nat(100_000), unit, (count, word) => {
        expect(durationMs(`${count}${word}`, "it")).toBe(count * UNITS[word]);
        expect(durationMs(`${count} ${word}`, "it")).toBe(count * UNITS[word]);
      }),
      RUNS,
    );
  });

  it("are whole, never shorter than asked for, and at most a millisecond longer", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: MAX_DURATION_MS, noNaN: true }), (ms) => {
        const given = durationMs(ms, "it");
        expect(Number.isSafeInteger(given)).toBe(true);
        expect(given).toBeGreaterThanOrEqual(ms);
        expect(given - ms).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it("outside 0 to 10^13 ms, or no number at all, are refused", () => {
    const outside = fc.oneof(
      fc.double({ max: 0, maxExcluded: true, noNaN: true }).filter((n) => n < 0),
      fc.double({ min: MAX_DURATION_MS, minExcluded: true, noNaN: true }),
      fc.constantFrom<unknown>(Number.NaN, null, undefined, true, 5n, {}, [], "", " ", "soon", "1 x"),
    );
    fc.assert(
      fc.property(outside, (given) => {
        expect(() => durationMs(given as number, "it")).toThrow(refused);
      }),
      RUNS,
    );
  });

  it("any text is a duration in range or refused", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let ms: number;
        try {
          ms = durationMs(text, "it");
        } catch (error) {
          expect(error).toEqual(refused);
          return;
        }
        expect(ms >= 0 && ms <= MAX_DURATION_MS && Number.isInteger(ms)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("instants", () => {
  it("are the same as a number, a Date and a Temporal.Instant", () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (at) => {
        expect(instantMs(at, "it")).toBe(at);
        expect(instantMs(new Date(at), "it")).toBe(at);
        expect(instantMs({ epochMilliseconds: at }, "it")).toBe(at);
      }),
      RUNS,
    );
  });
});

describe("backoff", () => {
  const options = fc.record({
    retryBackoffBase: fc.nat(10_000),
    retryBackoffMax: fc.nat(100_000),
    retryBackoffFactor: fc.double({ min: 1, max: 10, noNaN: true }),
  });

  it("without jitter never shrinks and never exceeds its maximum, however many attempts there were", () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 1, max: 5_000 }), (given, attempt) => {
        const policy = retryPolicy(given, "it");
        const wait = backoffMs(policy, attempt, 0.5);
        expect(wait).toBeLessThanOrEqual(given.retryBackoffMax);
        expect(backoffMs(policy, attempt + 1, 0.5)).toBeGreaterThanOrEqual(wait);
      }),
      RUNS,
    );
  });

  it("with jitter takes off at most the share that is given", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        options,
        share,
        draw,
        fc.integer({ min: 1, max: 30 }),
        (given, retryJitter, drawn, attempt) => {
          const most = backoffMs(retryPolicy(given, "it"), attempt, 0);
          const wait = backoffMs(retryPolicy({ ...given, retryJitter }, "it"), attempt, drawn);
          expect(wait).toBeLessThanOrEqual(most);
          expect(wait).toBeGreaterThanOrEqual(Math.floor((most - 1) * (1 - retryJitter)));
        },
      ),
      RUNS,
    );
  });
});
