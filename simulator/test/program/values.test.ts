import { expect, test } from "vitest";
import { decodeFailure, encodeFailure } from "#holdfast/history/failure.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { UnserializableValueError } from "#holdfast/model/errors/argument-errors.ts";
import { caughtValue, kept } from "../../program/block-values.ts";
import { canonicalText } from "../../program/canonical.ts";
import { FINAL_THROWS, namedThrow, RETRIED_THROWS } from "../../program/throws.ts";
import { namedValue, STORABLE_VALUES, UNSTORABLE_VALUES } from "../../program/values.ts";

test("values that differ have texts that differ, and a value made anew has the same text", () => {
  const texts = STORABLE_VALUES.map((name) => canonicalText(namedValue(name)));
  expect(new Set(texts).size).toBe(STORABLE_VALUES.length);
  expect(STORABLE_VALUES.map((name) => canonicalText(namedValue(name)))).toEqual(texts);
});

test.each(STORABLE_VALUES)("%s keeps its text when it is stored, alone and in a body's result", (name) => {
  for (const value of [namedValue(name), { start: 7, it: namedValue(name) }]) {
    const stored = defaultCodec.decode(defaultCodec.encode(value, "value") as Uint8Array);
    expect(canonicalText(stored)).toBe(canonicalText(value));
  }
});

test.each(UNSTORABLE_VALUES)("%s is refused", (name) => {
  expect(() => defaultCodec.encode({ start: 7, it: namedValue(name) }, "value")).toThrow(
    UnserializableValueError,
  );
});

test.each([...RETRIED_THROWS, ...FINAL_THROWS])(
  "what is thrown as %s has a text that storing keeps",
  (name) => {
    const seen = decodeFailure(encodeFailure(namedThrow(name)));
    expect(canonicalText(decodeFailure(encodeFailure(seen)))).toBe(canonicalText(seen));
    expect(typeof caughtValue(namedThrow(name))).toBe("string");
  },
);

test("texts tell types and presence apart, but not the order of an object's keys", () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [0, -0],
    [1, 1n],
    ["1", 1],
    [{ a: undefined }, {}],
    [[undefined], new Array(1)],
    [new Map([["a", 1]]), { a: 1 }],
    [new Set([1]), [1]],
    [Object.create(null), {}],
    [Uint8Array.of(1), [1]],
    [new Error("x"), new TypeError("x")],
    [new Error("x", { cause: undefined }), new Error("x")],
    ["\ud800", "\udfff"],
    [new Date(1), 1],
  ];
  for (const [one, other] of pairs) expect(canonicalText(one)).not.toBe(canonicalText(other));
  expect(canonicalText({ a: 1, b: 2 })).toBe(canonicalText({ b: 2, a: 1 }));
});

test("a text says nothing of stacks", () => {
  const error = new Error("x");
  const text = canonicalText(error);
  error.stack = "elsewhere";
  expect(canonicalText(error)).toBe(text);
});

test("long texts are told by their length and what they contain", () => {
  const text = canonicalText("a".repeat(100_000));
  expect(text.length).toBeLessThan(100);
  expect(canonicalText(`${"a".repeat(99_999)}b`)).not.toBe(text);
});

test("a block keeps what is small as it is, and of what is large a digest", () => {
  const small = { a: [1, new Map([["k", 1n]])] };
  expect(kept(small)).toBe(small);
  for (const large of [
    namedValue("large-text"),
    Array.from({ length: 3_000 }, (_, n) => n),
    new Uint8Array(5_000),
  ]) {
    expect(JSON.stringify(kept(large)).length).toBeLessThan(100);
  }
  expect(kept([1, namedValue("large-text")])).not.toEqual(kept([2, namedValue("large-text")]));
});
