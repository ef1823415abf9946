import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BareReader, BareWriter } from "../../src/history/bare.ts";
import { InvalidArgumentError } from "../../src/model/errors/argument-errors.ts";
import { CorruptionError } from "../../src/model/errors/history-errors.ts";

const KEY = "0a0b";
const anyString = fc.string({ unit: "binary", maxLength: 40 });
/** Any sequence of UTF-16 units, lone surrogates among them. */
const anyUnits = fc
  .array(
    fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe00f }), fc.nat(0x7f)),
    {
      maxLength: 60,
    },
  )
  .map((units) => String.fromCharCode(...units));
const safeNat = fc.maxSafeNat();

function write(fill: (writer: BareWriter) => void): Uint8Array {
  const writer = new BareWriter();
  fill(writer);
  return writer.finish();
}

function malformed(read: (reader: BareReader) => unknown, bytes: readonly number[]): CorruptionError {
  let thrown: unknown;
  try {
    read(new BareReader(Uint8Array.from(bytes), KEY));
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof CorruptionError))
    throw new Error(`expected a CorruptionError, got ${String(thrown)}`);
  expect(thrown).toMatchObject({ kind: "malformed", key: KEY });
  return thrown;
}

describe("the BARE writer and reader", () => {
  it("bring back every value of every type", () => {
    const record = fc.record({
      u8: fc.nat(255),
      u32: fc.nat(0xffff_ffff),
      u64: safeNat,
      i64: fc.maxSafeInteger(),
      uint: safeNat,
      f64: fc.double(),
      bool: fc.boolean(),
      data: fc.uint8Array(),
      string: fc.oneof(anyString, anyUnits),
      optional: fc.option(safeNat),
      list: fc.array(anyString),
    });
    fc.assert(
      fc.property(record, (value) => {
        const bytes = write((to) => {
          to.u8(value.u8);
          to.u32(value.u32);
          to.u64(value.u64);
          to.i64(value.i64);
          to.uint(value.uint);
          to.f64(value.f64);
          to.bool(value.bool);
          to.data(value.data);
          to.string(value.string);
          to.optional(value.optional, (item) => to.uint(item));
          to.list(value.list, (item) => to.string(item));
        });
        const from = new BareReader(bytes, KEY);
        const read = {
          u8: from.u8(),
          u32: from.u32(),
          u64: from.u64(),
          i64: from.i64(),
          uint: from.uint(),
          f64: from.f64(),
          bool: from.bool(),
          data: from.data(),
          string: from.string(),
          optional: from.optional(() => from.uint()),
          list: from.list(() => from.string()),
        };
        from.end();
        expect(read).toStrictEqual({ ...value, i64: value.i64 + 0 });
      }),
    );
  });

  it.each([
    ["uint 0", (to: BareWriter) => to.uint(0), [0]],
    ["uint 127", (to: BareWriter) => to.uint(127), [0x7f]],
    ["uint 128", (to: BareWriter) => to.uint(128), [0x80, 0x01]],
    ["the largest uint", (to: BareWriter) => to.uint(2 ** 53 - 1), [255, 255, 255, 255, 255, 255, 255, 15]],
    ["u32", (to: BareWriter) => to.u32(0x01020304), [4, 3, 2, 1]],
    ["u64", (to: BareWriter) => to.u64(2 ** 32 + 1), [1, 0, 0, 0, 1, 0, 0, 0]],
    ["i64 -1", (to: BareWriter) => to.i64(-1), [255, 255, 255, 255, 255, 255, 255, 255]],
    ["f64", (to: BareWriter) => to.f64(1), [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]],
    [
      "text",
      (to: BareWriter) => to.string("aé€😀"),
      [10, 0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80],
    ],
    ["a lone surrogate", (to: BareWriter) => to.string("\ud800"), [3, 0xed, 0xa0, 0x80]],
    ["an absent value", (to: BareWriter) => to.optional(null, () => to.u8(1)), [0]],
    ["a list", (to: BareWriter) => to.list([7, 8], (item) => to.u8(item)), [2, 7, 8]],
  ])("writes %s as the specification says", (_, fill, expected) => {
    expect([...write(fill)]).toStrictEqual(expected);
  });

  it("writes well-formed text as plain UTF-8", () => {
    const wellFormed = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(wellFormed, (text) => {
        const bytes = write((to) => to.string(text));
        expect(bytes.subarray(bytes.length - new TextEncoder().encode(text).length)).toStrictEqual(
          new TextEncoder().encode(text),
        );
      }),
    );
  });

  it("keeps two writers at work at once apart, and a finished one usable", () => {
    const outer = new BareWriter();
    outer.string("outer");
    const inner = new BareWriter();
    inner.string("inner");
    outer.data(inner.finish());
    inner.u8(9);
    const from = new BareReader(outer.finish(), KEY);
    expect(from.string()).toBe("outer");
    expect(new BareReader(from.data(), KEY).string()).toBe("inner");
    expect([...inner.finish()]).toStrictEqual([9]);
  });

  it("gives records that later writing does not change", () => {
    const first = write((to) => to.string("first"));
    const copy = first.slice();
    write((to) => to.string("another"));
    expect(first).toStrictEqual(copy);
  });

  it("grows to records of any size", () => {
    const large = new Uint8Array(300_000).fill(5);
    const from = new BareReader(
      write((to) => {
        for (let i = 0; i < 5; i++) to.data(large);
      }),
      KEY,
    );
    for (let i = 0; i < 5; i++) expect(from.data()).toStrictEqual(large);
    from.end();
  });
});

describe("the BARE writer", () => {
  it.each([
    ["u8", 256],
    ["u8", -1],
    ["u32", 2 ** 32],
    ["u64", 2 ** 53],
    ["uint", 1.5],
    ["uint", Number.NaN],
    ["i64", -(2 ** 53)],
  ] as const)("refuses the %s %d", (type, value) => {
    expect(() => new BareWriter()[type](value)).toThrow(InvalidArgumentError);
  });
});

describe("the BARE reader", () => {
  it.each([
    ["an overlong integer", (from: BareReader) => from.uint(), [0x80, 0x00]],
    ["an integer above 2^53", (from: BareReader) => from.uint(), [255, 255, 255, 255, 255, 255, 255, 16]],
    [
      "an integer without an end",
      (from: BareReader) => from.uint(),
      [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    ],
    ["a u64 above 2^53", (from: BareReader) => from.u64(), [0, 0, 0, 0, 0, 0, 32, 0]],
    ["an i64 below -2^53", (from: BareReader) => from.i64(), [0, 0, 0, 0, 0, 0, 0, 128]],
    ["a boolean that is 2", (from: BareReader) => from.bool(), [2]],
    ["an overlong character", (from: BareReader) => from.string(), [2, 0xc0, 0x80]],
    [
      "a pair of surrogates in two halves",
      (from: BareReader) => from.string(),
      [6, 0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
    ],
    ["a character above U+10FFFF", (from: BareReader) => from.string(), [4, 0xf4, 0x90, 0x80, 0x80]],
    ["a character without its end", (from: BareReader) => from.string(), [2, 0xe2, 0x82]],
    ["a stray continuation byte", (from: BareReader) => from.string(), [1, 0x80]],
    ["fewer bytes than a u32 takes", (from: BareReader) => from.u32(), [1, 2, 3]],
    ["data shorter than its length", (from: BareReader) => from.data(), [5, 1, 2]],
    ["bytes after the end", (from: BareReader) => [from.u8(), from.end()], [1, 2]],
    ["nothing at all", (from: BareReader) => from.u8(), []],
  ])("refuses %s", (_, read, bytes) => {
    malformed(read, bytes);
  });

  it("refuses a length of 2^32 without allocating it", () => {
    const claim = [...write((to) => to.uint(2 ** 32)), 1];
    malformed((from) => from.data(), claim);
    malformed((from) => from.string(), claim);
    const error = malformed((from) => from.list(() => from.u8()), claim);
    expect(error.message).toContain("4294967296 items");
  });

  it("compares a list's length with what its items take at least", () => {
    malformed((from) => from.list(() => from.u32(), 4), [2, 1, 2, 3, 4]);
  });

  it("reads any bytes as text that encodes to them, or refuses them", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.array(fc.constantFrom(0xed, 0xa0, 0xaf, 0xb0, 0x80, 0xbf, 0xf0, 0x9f, 0xe2, 0x41), { maxLength: 8 }),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        const record = write((to) => to.data(Uint8Array.from(content)));
        let text: string;
        try {
          text = new BareReader(record, KEY).string();
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptionError);
          return;
        }
        expect(write((to) => to.string(text))).toStrictEqual(record);
      }),
      { numRuns: 2_000 },
    );
  });
});
