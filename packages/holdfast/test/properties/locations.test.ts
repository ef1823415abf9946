import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSegment, type Segment, type SegmentType } from "../../src/history/location.ts";

const RUNS = { numRuns: 3_000 };
/** All strings that a name can be: lone surrogates, NUL and everything that looks like a derived name. */
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 6, unit: "binary" }),
  fc.constantFrom(
    "a",
    "a/b",
    "/",
    "~a",
    "#0",
    "[0]",
    "!0",
    ">a",
    "%",
    "%0061",
    "%25",
    "\u0000",
    "é",
    "e\u0301",
  ),
  fc
    .array(fc.integer({ min: 0xd7fe, max: 0xe001 }), { minLength: 1, maxLength: 3 })
    .map((units) => String.fromCharCode(...units)),
);
interface Named {
  readonly type: SegmentType;
  readonly what: string | number;
}
const NAMED: readonly number[] = [1, 3, 6];
const segment: fc.Arbitrary<Named> = fc.oneof(
  fc.record({ type: fc.constantFrom<SegmentType[]>(1, 3, 6), what: name }),
  fc.record({ type: fc.constantFrom<SegmentType[]>(2, 4, 5), what: fc.nat(20) }),
);
const path = fc.array(segment, { minLength: 1, maxLength: 4 });

function format(segments: readonly Named[]): string {
  return segments
    .map(({ type, what }): string => {
      const made: Segment = { type, value: NAMED.includes(type) ? 0 : (what as number) };
      return formatSegment(made, () => String(what));
    })
    .join("/");
}

describe("locations", () => {
  it("of different paths are different texts", () => {
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(format(a) === format(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      RUNS,
    );
  });

  it("contain no character but those that are safe in a path, and none of a name that could end a segment", () => {
    fc.assert(
      fc.property(path, (segments) => {
        const text = format(segments);
        expect(text).toMatch(/^[A-Za-z0-9_.:@%~#[\]!>/-]+$/);
        expect(text.split("/")).toHaveLength(segments.length);
      }),
      RUNS,
    );
  });

  it("show ordinary names as they are", () => {
    expect(format([{ type: 1, what: "charge-card_2.v1:x@y" }])).toBe("charge-card_2.v1:x@y");
    expect(format([{ type: 1, what: "a/b" }])).toBe("a%002fb");
  });
});
