import fc from "fast-check";
import { appendSegment, ENTRY_ROOT, hex, KeySpace, parseKey, subtreeRange } from "#holdfast/history/key.ts";
import type { Segment, SegmentType } from "#holdfast/history/location.ts";
import { compareBytes } from "#holdfast/storage/byte-order.ts";
import { fromExactText, toExactText } from "#holdfast/storage/exact-text.ts";
import { anyText } from "../../../packages/holdfast/test/history/payload-values.ts";
import { bytesDamage } from "./damage.ts";
import { assertEqual, decodedOrRefused, type Law } from "./law.ts";

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

export const keyLaws: readonly Law[] = [
  {
    name: "key: comes back as its path",
    check: ({ cases, seed }) =>
      fc.assert(
        fc.property(path, (segments) => {
          const parsed = parseKey(keyOf(segments));
          assertEqual(parsed.space === KeySpace.entry, "another key space");
          assertEqual(JSON.stringify(parsed.segments) === JSON.stringify(segments), "another path");
        }),
        { numRuns: cases, seed },
      ),
  },
  {
    name: "key: has the order of its path, and its scope's range",
    check: ({ cases, seed }) =>
      fc.assert(
        fc.property(path, path, path, (prefix, a, b) => {
          const [left, right] = [keyOf([...prefix, ...a]), keyOf([...prefix, ...b])];
          const order = Math.sign(comparePaths([...prefix, ...a], [...prefix, ...b]));
          assertEqual(Math.sign(compareBytes(left, right)) === order, "another order");
          const { from, to } = subtreeRange(keyOf(prefix));
          const inside = compareBytes(left, from) >= 0 && compareBytes(left, to) < 0;
          assertEqual(inside, "not in the range of its scope");
        }),
        { numRuns: cases, seed },
      ),
  },
  {
    name: "key: damaged, it is refused or the only key of another path",
    check: ({ cases, seed }) =>
      fc.assert(
        fc.property(path, bytesDamage, (segments, damage) => {
          const key = damage(keyOf(segments));
          const parsed = decodedOrRefused(() => parseKey(key))?.value;
          if (parsed?.space !== KeySpace.entry) return;
          if (parsed.segments.every((part) => part.value <= 2 ** 48)) {
            assertEqual(hex(keyOf(parsed.segments)) === hex(key), "two keys of one path");
          }
        }),
        { numRuns: cases, seed },
      ),
  },
  {
    name: "text in SQL: comes back, without NUL and lone surrogates",
    check: ({ cases, seed }) =>
      fc.assert(
        fc.property(anyText, (text) => {
          const stored = toExactText(text);
          assertEqual(stored.isWellFormed() && !stored.includes("\0"), "SQL would not keep it");
          assertEqual(fromExactText(stored) === text, "another text");
        }),
        { numRuns: cases, seed },
      ),
  },
];
