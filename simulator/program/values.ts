import type { ValueName } from "./program.ts";

/** Makes a fresh value: nobody else ever holds the same object. */
type Maker = () => unknown;

/** Values that the default codec keeps exactly. */
const STORABLE: ReadonlyMap<ValueName, Maker> = new Map<ValueName, Maker>([
  ["undefined", () => undefined],
  ["null", () => null],
  ["true", () => true],
  ["false", () => false],
  ["zero", () => 0],
  ["minus-zero", () => -0],
  ["nan", () => Number.NaN],
  ["infinity", () => Number.POSITIVE_INFINITY],
  ["minus-infinity", () => Number.NEGATIVE_INFINITY],
  ["number", () => 42],
  ["fraction", () => 0.1 + 0.2],
  ["largest-number", () => Number.MAX_VALUE],
  ["bigint", () => 12_345_678_901_234_567_890n],
  ["huge-bigint", () => -(3n ** 200n)],
  ["empty-text", () => ""],
  ["text", () => "plain text"],
  ["lone-surrogate", () => "\ud800 before and after \udc00"],
  ["nul", () => "a\u0000b"],
  ["emoji", () => "👩‍👩‍👧 é é \u202e"],
  ["proto-text", () => "__proto__"],
  ["large-text", () => "0123456789".repeat(10_000)],
  ["date", () => new Date(1_700_000_000_123)],
  ["invalid-date", () => new Date(Number.NaN)],
  [
    "map",
    () =>
      new Map<unknown, unknown>([
        ["key", 1],
        [2, new Map([[undefined, null]])],
      ]),
  ],
  ["set", () => new Set<unknown>(["a", 1, -1n, { inside: true }])],
  ["bytes", () => Uint8Array.from([0, 1, 127, 128, 254, 255])],
  ["floats", () => Float64Array.from([0.5, -0, Number.NaN])],
  ["array-buffer", () => Uint8Array.from([9, 8, 7]).buffer],
  ["empty-array", () => []],
  ["array", () => [undefined, null, -0, "text", [Number.NaN]]],
  ["empty-object", () => ({})],
  ["object", () => ({ a: 1, b: { c: [true, { d: undefined }] } })],
  ["nested", () => ({ list: [new Map([["when", new Date(0)]]), new Set([1n])], deep: { er: { est: -0 } } })],
  ["constructor-keys", () => ({ constructor: 1, prototype: 2, toString: "text", hasOwnProperty: null })],
  ["null-prototype", () => Object.assign(Object.create(null) as object, { a: 1, constructor: 2 })],
  ["url", () => new URL("https://example.com/path?query=1#hash")],
  ["regexp", () => /a(b+)\/c/giu],
  ["error", () => quiet(new RangeError("an error as a value", { cause: quiet(new Error("its cause")) }))],
  ["coded-error", () => quiet(Object.assign(new Error("with code"), { code: "E_CODE", details: { n: 1 } }))],
]);

/** Values that are refused with a typed error. */
const UNSTORABLE: ReadonlyMap<ValueName, Maker> = new Map<ValueName, Maker>([
  ["function", () => () => 1],
  ["symbol", () => Symbol("unstorable")],
  ["promise", () => Promise.resolve(1)],
  ["instance", () => new Unregistered()],
  ["own-proto", () => JSON.parse('{"__proto__": 1}')],
]);

class Unregistered {
  readonly field = 1;
}

/** Every value that a step can return and a message can carry. */
export const STORABLE_VALUES: readonly ValueName[] = [...STORABLE.keys()];

/** Values that cannot be stored. */
export const UNSTORABLE_VALUES: readonly ValueName[] = [...UNSTORABLE.keys()];

/** The value with this name, made anew. */
export function namedValue(name: ValueName): unknown {
  const make = STORABLE.get(name) ?? UNSTORABLE.get(name);
  if (make === undefined) throw new RangeError(`There is no value named "${name}".`);
  return make();
}

/** An error whose stack says nothing of where it was made: its bytes are the same in every execution. */
function quiet<Thrown extends Error>(error: Thrown): Thrown {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
