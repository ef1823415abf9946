import fc from "fast-check";
import { defaultCodec, UnserializableValueError } from "#holdfast/index.ts";
import { assertEqual, type Law } from "./law.ts";

/** What can be stored nowhere. */
const refused: fc.Arbitrary<unknown> = fc
  .constantFrom<(() => unknown)[]>(
    () => () => 1,
    () => Symbol("mark"),
    () => Promise.resolve(1),
    () => new WeakMap(),
    () => new (class Money {})(),
    () => JSON.parse('{"__proto__":{"admin":true}}'),
    () => Object.defineProperty({}, "lazy", { get: () => 1, enumerable: true }),
    () =>
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("trap");
          },
        },
      ),
  )
  .map((make) => make());

/** One step down: a container, and how its path is written. */
const step = fc.constantFrom<((inner: unknown) => { value: unknown; path: string })[]>(
  (inner) => ({ value: { before: 1, it: inner }, path: ".it" }),
  (inner) => ({ value: [undefined, inner], path: "[1]" }),
  (inner) => ({ value: new Map([["key", inner]]), path: '.get("key")' }),
  (inner) => ({ value: { "a b": inner }, path: '["a b"]' }),
);

export const refusalLaws: readonly Law[] = [
  {
    name: "payload: what cannot be stored is refused by its path",
    check: ({ cases, seed }) =>
      fc.assert(
        fc.property(refused, fc.array(step, { maxLength: 6 }), (bad, steps) => {
          let [value, path] = [bad, ""];
          for (const wrap of steps) {
            const wrapped = wrap(value);
            value = wrapped.value;
            path = wrapped.path + path;
          }
          assertRefused(value, `output${path}`);
        }),
        { numRuns: cases, seed },
      ),
  },
];

function assertRefused(value: unknown, path: string): void {
  try {
    defaultCodec.encode(value, "output");
  } catch (error) {
    if (!UnserializableValueError.is(error)) throw new Error("an error of another type", { cause: error });
    assertEqual(error.message.includes(path), `"${path}" is not named: ${error.message}`);
    return;
  }
  throw new Error(`${path} was stored`);
}
