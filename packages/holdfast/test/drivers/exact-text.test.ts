import fc from "fast-check";
import { expect, test } from "vitest";
import { fromExactText, toExactText } from "../../src/storage/exact-text.ts";
import { NASTY_TEXTS } from "../../src/testing/conformance/samples.ts";

/** Code units one by one, so that lone surrogates, NUL and backslashes are frequent. */
const anyString = fc
  .array(
    fc.oneof(
      fc.constantFrom("\\", "\0", "\ud800", "\udfff", "0", "u", "d"),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
  )
  .map((units) => units.join(""));

test("any string comes back exactly, through text that SQL and UTF-8 can hold", () => {
  fc.assert(
    fc.property(anyString, (text) => {
      const stored = toExactText(text);
      expect(fromExactText(stored)).toBe(text);
      expect(stored.isWellFormed()).toBe(true);
      expect(stored).not.toContain("\0");
      expect(new TextDecoder().decode(new TextEncoder().encode(stored))).toBe(stored);
    }),
    { numRuns: 2_000 },
  );
});

test("different strings are stored as different text", () => {
  fc.assert(
    fc.property(anyString, anyString, (a, b) => {
      expect(toExactText(a) === toExactText(b)).toBe(a === b);
    }),
  );
  expect(new Set(NASTY_TEXTS.map(toExactText)).size).toBe(NASTY_TEXTS.length);
});

test("ordinary names are stored as they are", () => {
  for (const name of ["order-123", "größe/💳", "a:b c", "日本"]) expect(toExactText(name)).toBe(name);
});
