/** A value that serializers like to change, and how to know that it is the same. */
interface HardValue {
  readonly value: unknown;
  readonly same: (got: unknown) => boolean;
}

const is = (value: unknown): HardValue => ({ value, same: (got) => Object.is(got, value) });

const shared = { n: 1 };
const failure = Object.assign(new RangeError("outer", { cause: new TypeError("inner") }), {
  code: "E_OUTER",
});

export const HARD_VALUES: Readonly<Record<string, HardValue>> = {
  undefined: is(undefined),
  null: is(null),
  "not a number": is(Number.NaN),
  infinity: is(Number.NEGATIVE_INFINITY),
  "negative zero": is(-0),
  "a large integer": is(123_456_789_012_345_678_901_234_567_890n),
  "a lone surrogate": is("a\ud800b"),
  "a NUL": is("a\0b"),
  "an emoji": is("👩‍🚀"),
  "an instant": {
    value: new Date(1_234_567_890_123),
    same: (got) => got instanceof Date && got.getTime() === 1_234_567_890_123,
  },
  "a map": {
    value: new Map([[{ key: 1 }, new Set([1, "1"])]]),
    same: (got) => {
      const [entry] = got instanceof Map ? [...got] : [];
      return entry !== undefined && entry[0].key === 1 && entry[1].has(1) && entry[1].has("1");
    },
  },
  bytes: {
    value: Uint8Array.of(0, 127, 255),
    same: (got) => got instanceof Uint8Array && got.join() === "0,127,255",
  },
  "a buffer of floats": {
    value: Float64Array.of(0.1, -0),
    same: (got) => got instanceof Float64Array && got[0] === 0.1 && Object.is(got[1], -0),
  },
  "an address": {
    value: new URL("https://example.org/a?b=1#c"),
    same: (got) => got instanceof URL && got.href === "https://example.org/a?b=1#c",
  },
  "a pattern": { value: /a+b/giu, same: (got) => got instanceof RegExp && String(got) === "/a+b/giu" },
  "one object twice": {
    value: [shared, shared],
    same: (got) => Array.isArray(got) && got[0] === got[1] && got[0].n === 1,
  },
  "an object with a key called constructor": {
    value: { constructor: 1, toString: 2 },
    same: (got) => Object.entries(got as object).join() === "constructor,1,toString,2",
  },
  "a sparse array": {
    value: Object.assign(new Array(3), { 0: 1, 2: 3 }),
    same: (got) => Array.isArray(got) && got.length === 3 && !(1 in got) && got[2] === 3,
  },
  "an error": {
    value: failure,
    same: (got) =>
      got instanceof RangeError &&
      got.message === "outer" &&
      (got as RangeError & { code?: unknown }).code === "E_OUTER" &&
      got.cause instanceof TypeError,
  },
};
