import fc from "fast-check";
import { CriticalError, StepExhaustedError } from "../../src/model/errors/step-errors.ts";

/** Generators of what can be stored. */

const units = fc
  .array(fc.oneof(fc.nat(0x7f), fc.integer({ min: 0xd7f0, max: 0xe00f }), fc.nat(0xffff)), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));

export const anyText = fc.oneof(
  units,
  fc.string(),
  fc.constantFrom("", "\0", "\ud800", "\u2028<", "__proto__", "J", "😀"),
);

const nastyKeys = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "toJSON",
  "length",
  "0",
  "10",
  "-1",
  "a b",
  "then",
  "",
];
const anyKey = fc.oneof(fc.constantFrom(...nastyKeys), anyText).filter((key) => key !== "__proto__");

export const primitive = fc.oneof(
  fc.constantFrom(null, undefined, true, false, 0, -0, Number.NaN, Infinity, -Infinity),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.constant(-(10n ** 400n)),
  anyText,
);

/** What the JSON form takes, or most of it. */
export const jsonValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false, 0),
    anyText,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(anyKey, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

const bytes = fc.uint8Array({ maxLength: 24 });

const views = fc.oneof(
  bytes,
  bytes.map((from) => from.buffer.slice(from.byteOffset, from.byteOffset + from.byteLength)),
  bytes.map((from) => new DataView(from.slice().buffer)),
  fc.int8Array(),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
);

const builtIn = fc.oneof(
  fc.date({ noInvalidDate: false }),
  views,
  fc
    .constantFrom("https://example.org/a?b=c#d", "data:text/plain,x y", "file:///tmp/a%20b")
    .map((href) => new URL(href)),
  fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 }).map((pairs) => new URLSearchParams(pairs)),
  fc
    .tuple(
      fc.constantFrom("a+", "(?<x>\\d)/", "", "[\\]/]", "\\u{1F600}", "\n"),
      fc.constantFrom("", "g", "dgimsuy"),
    )
    .map(([source, flags]) => new RegExp(source, flags)),
);

const errorClasses = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  EvalError,
  URIError,
  ReferenceError,
] as const;

function errorOf(inner: fc.Arbitrary<unknown>): fc.Arbitrary<Error> {
  const plain = fc
    .record({
      errorClass: fc.constantFrom(...errorClasses),
      message: anyText,
      cause: fc.option(inner, { nil: LEAVE }),
      data: fc.dictionary(
        anyKey.filter((key) => key !== "stack" && key !== "message" && key !== "name"),
        inner,
        {
          maxKeys: 3,
          noNullPrototype: true,
        },
      ),
    })
    .map(({ errorClass, message, cause, data }) => {
      const error = cause === LEAVE ? new errorClass(message) : new errorClass(message, { cause });
      for (const key of Object.keys(data)) {
        Object.defineProperty(error, key, {
          value: data[key],
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
      return error;
    });
  return fc.oneof(
    plain,
    fc.array(inner, { maxLength: 3 }).map((errors) => new AggregateError(errors, "several")),
    inner.map((cause) => new StepExhaustedError("charge", 3, { cause })),
    anyText.map((message) => new CriticalError(message)),
  );
}

const LEAVE = Symbol("no cause");

const sparse = <T>(inner: fc.Arbitrary<T>) => fc.sparseArray(inner, { maxNumElements: 4, maxLength: 200 });

/** Everything that can be stored, nested, with an object that occurs several times. */
export const storable: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    primitive,
    builtIn,
    fc.array(tie("value"), { maxLength: 4 }),
    sparse(tie("value")),
    fc.dictionary(anyKey, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    fc
      .dictionary(anyKey, tie("value"), { maxKeys: 4 })
      .map((object) => Object.assign(Object.create(null), object)),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
    errorOf(tie("value")),
    fc
      .tuple(tie("value"), tie("value"))
      .map(([shared, other]) => ({ first: shared, other, again: [shared] })),
  ),
})).value;
