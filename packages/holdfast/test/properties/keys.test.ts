import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  appendSegment,
  ENTRY_ROOT,
  hex,
  KeySpace,
  nameKey,
  parseKey,
  segmentRange,
  subtreeRange,
} from "../../src/history/key.ts";
import type { Segment, SegmentType } from "../../src/history/location.ts";
import { compareBytes } from "../../src/storage/byte-order.ts";

const RUNS = { numRuns: 2_000 };

/** Mostly small, with values on both sides of every number of digits. */
const value = fc.oneof(
  fc.nat(300),
  fc.constantFrom(255, 256, 65_535, 65_536, 2 ** 24 - 1, 2 ** 24, 2 ** 32 - 1, 2 ** 32, 2 ** 48),
  fc.maxSafeNat().map((n) => n % 2 ** 48),
);
const segment: fc.Arbitrary<Segment> = fc.record({
  type: fc.integer({ min: 1, max: 6 }).map((type) => type as SegmentType),
  value,
});
const path = fc.array(segment, { maxLength: 8 });

const keyOf = (segments: readonly Segment[]): Uint8Array =>
  segments.reduce((key, next) => appendSegment(key, next), ENTRY_ROOT);

/** The order that keys must have: by type, then by number, a scope before what it contains. */
function comparePaths(a: readonly Segment[], b: readonly Segment[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    if (left.type !== right.type) return left.type - right.type;
    if (left.value !== right.value) return left.value - right.value;
  }
  return a.length - b.length;
}

const within = (key: Uint8Array, { from, to }: { from: Uint8Array; to: Uint8Array }): boolean =>
  compareBytes(key, from) >= 0 && compareBytes(key, to) < 0;

describe("keys", () => {
  it("come back as the paths that they were made of", () => {
    fc.assert(
      fc.property(path, (segments) => {
        expect(parseKey(keyOf(segments))).toEqual({ space: KeySpace.entry, segments });
      }),
      RUNS,
    );
  });

  it("have the order of their paths", () => {
    fc.assert(
      fc.property(path, path, path, (prefix, a, b) => {
        const [left, right] = [
          [...prefix, ...a],
          [...prefix, ...b],
        ];
        expect(Math.sign(compareBytes(keyOf(left), keyOf(right)))).toBe(Math.sign(comparePaths(left, right)));
      }),
      RUNS,
    );
  });

  it("are prefixes of those of what their scope contains, and of no others", () => {
    fc.assert(
      fc.property(path, path, path, (prefix, a, b) => {
        const [scope, other] = [
          [...prefix, ...a],
          [...prefix, ...b],
        ];
        const contains = scope.every((part, index) => {
          const at = other[index];
          return at !== undefined && at.type === part.type && at.value === part.value;
        });
        expect(hex(keyOf(other)).startsWith(hex(keyOf(scope)))).toBe(contains);
        expect(within(keyOf(other), subtreeRange(keyOf(scope)))).toBe(contains);
      }),
      RUNS,
    );
  });

  it("of a range of segments are exactly those whose number is in it, with all below them", () => {
    fc.assert(
      fc.property(path, segment, value, value, path, (prefix, at, one, two, below) => {
        const [from, to] = one < two ? [one, two] : [two, one];
        const range = segmentRange(keyOf(prefix), at.type, from, to);
        const inside = at.value >= from && at.value < to;
        expect(within(keyOf([...prefix, at, ...below]), range)).toBe(inside);
      }),
      RUNS,
    );
  });

  it("of names have the order of their numbers and lie apart from entries", () => {
    fc.assert(
      fc.property(value, value, path, (a, b, segments) => {
        expect(Math.sign(compareBytes(nameKey(a), nameKey(b)))).toBe(Math.sign(a - b));
        expect(compareBytes(nameKey(a), keyOf(segments))).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  it("that were not written by the engine are refused or mean one path only", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (tail) => {
        const key = Uint8Array.of(KeySpace.entry, ...tail);
        let segments: readonly Segment[];
        try {
          segments = parseKey(key).segments;
        } catch (error) {
          expect((error as { code: string }).code).toBe("CORRUPTION");
          return;
        }
        if (segments.every((part) => part.value <= 2 ** 48)) expect(hex(keyOf(segments))).toBe(hex(key));
      }),
      RUNS,
    );
  });
});
