import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultCodec, isImmutablePrimitive, keptBytes } from "../../src/history/payload.ts";
import { anyText, jsonValue, primitive, storable } from "./payload-values.ts";
import { difference } from "./same-value.ts";

function text(value: unknown): string {
  return new TextDecoder().decode(defaultCodec.encode(value, "output"));
}

function roundTrip<T>(value: T): T {
  return defaultCodec.decode(defaultCodec.encode(value, "output")) as T;
}

function expectExact(value: unknown): void {
  expect(difference(value, roundTrip(value))).toBeNull();
}

describe("the default codec brings back exactly", () => {
  it("every primitive", () => {
    fc.assert(fc.property(primitive, expectExact), { numRuns: 1_000 });
  });

  it("every value that can be stored, nested and shared", () => {
    fc.assert(fc.property(storable, expectExact), { numRuns: 2_000 });
  });

  it("values of JSON, in the JSON form", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expectExact(value);
        expect(text(value)).toBe(`J${JSON.stringify(value)}`);
      }),
      { numRuns: 1_000 },
    );
  });

  it("the same again when it is stored again", () => {
    fc.assert(fc.property(storable, (value) => text(roundTrip(value)) === text(value)));
  });

  it.each<[string, unknown]>([
    ["an invalid date", new Date(Number.NaN)],
    ["the last date there is", new Date(8.64e15)],
    ["a regular expression in the middle of its work", Object.assign(/a/g, { lastIndex: 3 })],
    ["a sparse array of a million", Object.assign([], { 0: 1, length: 1_000_000 })],
    ["holes and undefined, which differ", Object.assign([undefined], { 2: null })],
    [
      "a map with objects as keys",
      new Map<unknown, unknown>([
        [{ a: 1 }, { b: 2 }],
        [Number.NaN, -0],
      ]),
    ],
    ["integer-like keys, in the order of the language", { 2: "b", 1: "a", x: 0, "-1": 2 }],
    ["a key that looks dangerous only as a value", { key: "__proto__", other: '"__proto__":' }],
    ["an object without a prototype", Object.assign(Object.create(null), { constructor: 1, toString: 2 })],
    ["a property toJSON that is no function", { toJSON: 5 }],
    ["a bigint of 5,000 digits", 10n ** 5_000n],
    ["a string of a megabyte", "é\ud800".repeat(500_000)],
    ["bytes beyond what a call can take as arguments", new Uint8Array(300_000).map((_, i) => i)],
    [
      "floats with their NaN payloads",
      new Float64Array(new Uint32Array([1, 0x7ff80000, 5, 0xfff7ffff]).buffer),
    ],
    ["an empty view", new Uint16Array(0)],
  ])("%s", (_, value) => {
    expectExact(value);
  });

  it("references: shared, circular, and through maps and sets", () => {
    const shared = { shared: true };
    const map = new Map<unknown, unknown>();
    const set = new Set<unknown>([map]);
    const circle = { self: null as unknown, shared, map, set };
    circle.self = circle;
    map.set(circle, shared);
    set.add(set);
    expectExact(circle);
    expectExact([shared, shared]);
    expectExact([[], []]);
  });

  it("frozen objects, thawed", () => {
    const revived = roundTrip(
      Object.freeze({ list: Object.freeze([1, Object.freeze({ at: new Date(0) })]) }),
    );
    expect(revived).toStrictEqual({ list: [1, { at: new Date(0) }] });
    expect(Object.isFrozen(revived)).toBe(false);
  });

  it("values of another realm, as values of this one", () => {
    const make = `({
      list: [1, { a: null }],
      rich: [undefined, new Map([[1, new Set([2])]]), new Date(5), /x/g, new Uint16Array([7]), new ArrayBuffer(2)],
      error: Object.assign(new RangeError("far", { cause: new Error("away") }), { code: "E_FAR" }),
    })`;
    const revived = roundTrip(runInNewContext(make) as { error: Error });
    expect(revived).toStrictEqual({
      list: [1, { a: null }],
      rich: [
        undefined,
        new Map([[1, new Set([2])]]),
        new Date(5),
        /x/g,
        new Uint16Array([7]),
        new ArrayBuffer(2),
      ],
      error: Object.assign(new RangeError("far", { cause: new Error("away") }), { code: "E_FAR" }),
    });
    expect(revived.error).toBeInstanceOf(RangeError);
  });

  it("values nested a thousand levels deep", () => {
    let json: unknown = 1;
    let rich: unknown;
    let error: unknown = "the bottom";
    for (let i = 0; i < 1_000; i++) {
      json = [json];
      rich = { rich };
      error = new Error(`level ${i}`, { cause: error });
    }
    expectExact(json);
    expectExact(rich);
    expectExact(error);
  });
});

describe("the default codec and bytes", () => {
  it("stores a view without the rest of its buffer", () => {
    const secret = new TextEncoder().encode("secret:visible");
    const view = secret.subarray(7);
    expectExact(view);
    expect(roundTrip(view).buffer.byteLength).toBe(7);
    expect(text(view)).not.toContain(btoa("secret").slice(0, 6));
  });

  it("keeps views apart that only lie in the same buffer", () => {
    const pool = new Uint8Array(64);
    const revived = roundTrip({ a: pool.subarray(0, 4), b: pool.subarray(4, 8) });
    expect(revived.a.buffer).not.toBe(revived.b.buffer);
    expect(revived.a.buffer.byteLength).toBe(4);
  });

  it("keeps overlapping views of one buffer together", () => {
    const buffer = new ArrayBuffer(16);
    const revived = roundTrip({ words: new Uint32Array(buffer, 4, 2), bytes: new Uint8Array(buffer, 6, 4) });
    expect(revived.words.buffer).toBe(revived.bytes.buffer);
    revived.words[0] = 0xffff_ffff;
    expect([...revived.bytes]).toStrictEqual([255, 255, 0, 0]);
    expect(revived.bytes.byteOffset).toBe(6);
  });

  it("keeps a view of a buffer that is stored itself", () => {
    const buffer = new ArrayBuffer(8);
    const revived = roundTrip([new DataView(buffer, 2, 4), buffer] as const);
    expect(revived[0].buffer).toBe(revived[1]);
    expect(revived[0].byteOffset).toBe(2);
    expect(revived[1].byteLength).toBe(8);
  });
});

describe("the stored form", () => {
  it.each<[unknown, string]>([
    [undefined, "U"],
    [null, "Jnull"],
    [true, "Jtrue"],
    [1.5, "J1.5"],
    ["a\n\ud800", 'J"a\\n\\ud800"'],
    [{ a: [1, "x"] }, 'J{"a":[1,"x"]}'],
    [-0, "D-6"],
    [Number.NaN, "D-3"],
    [12n, 'D[["BigInt","12"]]'],
    [{ at: new Date(0) }, 'D[{"at":1},["Date","1970-01-01T00:00:00.000Z"]]'],
  ])("of %o is the text %s", (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  it("takes no part in what others taught arrays about JSON", () => {
    const prototype = Array.prototype as { toJSON?: unknown };
    prototype.toJSON = () => "taught";
    try {
      expectExact({ list: [1, 2] });
    } finally {
      delete prototype.toJSON;
    }
  });

  it("is never shared with the caller", () => {
    expect(defaultCodec.encode(undefined, "output")).not.toBe(defaultCodec.encode(undefined, "output"));
    const first = defaultCodec.encode({ text: "x".repeat(100) }, "output");
    const copy = first.slice();
    defaultCodec.encode({ text: "y".repeat(100) }, "output");
    expect(first).toStrictEqual(copy);
  });

  it("can be read from the middle of a larger buffer", () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const bytes = defaultCodec.encode({ value }, "output");
        const padded = new Uint8Array(bytes.length + 9);
        padded.set(bytes, 4);
        expect(defaultCodec.decode(padded.subarray(4, 4 + bytes.length))).toStrictEqual({ value });
      }),
    );
  });
});

describe("bytes that are held on to", () => {
  it("are the same ones for every undefined, and those that came for all else", () => {
    const [one, other] = [defaultCodec.encode(undefined, "output"), defaultCodec.encode(undefined, "output")];
    expect(keptBytes(one)).toBe(keptBytes(other));
    expect(keptBytes(one)).toEqual(one);
    for (const value of [null, "", 0, "U"]) {
      const bytes = defaultCodec.encode(value, "output");
      expect(keptBytes(bytes)).toBe(bytes);
    }
  });

  it("are not those that the codec gives, which a codec around it may encrypt where they stand", () => {
    const given = defaultCodec.encode(undefined, "output");
    given.fill(0);
    expect(defaultCodec.decode(keptBytes(defaultCodec.encode(undefined, "output")))).toBeUndefined();
  });
});

describe("isImmutablePrimitive", () => {
  it("is true for values that nobody can change", () => {
    for (const value of [undefined, null, true, 0, Number.NaN, "text", 1n])
      expect(isImmutablePrimitive(value)).toBe(true);
    for (const value of [{}, [], () => 1, Symbol("x"), new Date()])
      expect(isImmutablePrimitive(value)).toBe(false);
  });
});
