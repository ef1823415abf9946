import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultCodec } from "../../src/history/payload.ts";
import { UnserializableValueError } from "../../src/model/errors/argument-errors.ts";
import { CorruptionError } from "../../src/model/errors/history-errors.ts";
import { storable } from "./payload-values.ts";

const encoder = new TextEncoder();

function decodeText(text: string): unknown {
  return defaultCodec.decode(encoder.encode(text));
}

function corruption(text: string): CorruptionError {
  try {
    decodeText(text);
  } catch (error) {
    if (error instanceof CorruptionError) return error;
    throw error;
  }
  throw new Error("the bytes were taken for a value");
}

function flatChain(length: number): string {
  const links = Array.from({ length }, (_, i) => `[${i + 1}]`);
  return `D[${links.join(",")},1]`;
}

describe("bytes that the codec did not write", () => {
  it.each([
    ["no bytes", ""],
    ["an unknown form", "Xnull"],
    ["a form of the future", "K{}"],
    ["undefined with more", "Uu"],
    ["JSON that is cut off", 'J{"a":'],
    ["JSON with a key __proto__", 'J{"a":[{"__proto__":{"admin":true}}]}'],
    ["JSON with that key escaped", 'J{"\\u005f_proto__":1}'],
    ["JSON of 2,000 levels", `J${"[".repeat(2_000)}${"]".repeat(2_000)}`],
    ["JSON of 200,000 levels", `J${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`],
    ["no text", "D"],
    ["an object instead of a list", "D{}"],
    ["an empty list", "D[]"],
    ["an unknown type", 'D[["Function",1],"alert(1)"]'],
    ["an inherited name as a type", 'D[["constructor",1],2]'],
    ["a key __proto__", 'D[{"__proto__":1},{"admin":2},true]'],
    ["a key __proto__ without a prototype", 'D[["null","__proto__",1],1]'],
    ["a boxed value", 'D[["Object",1],5]'],
    ["a circle of boxes", 'D[["Object",0]]'],
    ["an array of four thousand million elements", "D[[-7,4294967295]]"],
    ["a chain of 5,000 references", flatChain(5_000)],
    ["a chain of 200,000 references", flatChain(200_000)],
    ["a view of a list", 'D[["Uint8Array",1],[2],1]'],
    ["a view of a number", 'D[["Uint8Array",1],4000000000]'],
    ["a view beyond its buffer", 'D[["Uint32Array",1,2,9],["ArrayBuffer","AAAA"]]'],
    ["an address that is none", 'D[["URL","no address"]]'],
    ["a pattern that is none", 'D[["RegExp","("]]'],
    ["a bigint that is none", 'D[["BigInt","x"]]'],
    ["an error that is a number", 'D[["Error",1],5]'],
    ["an error that is only itself", 'D[["Error",0]]'],
    ["an error without parts", 'D[["Error",1],{"type":2},"Error"]'],
    ["an error whose parts are maps", 'D[["Error",1],{"type":2,"hidden":3,"data":3},"Error",["Map"]]'],
    [
      "an error with foreign hidden parts",
      'D[["Error",1],{"type":2,"hidden":3,"data":4},"Error",{"then":2},{}]',
    ],
    ["an error with a number as its class", 'D[["Error",1],{"type":2,"hidden":3,"data":3},7,{}]'],
    ["a pattern without a position", 'D[["RegExpAt",1],{"source":2,"flags":2},""]'],
  ])("are a CorruptionError: %s", (_, text) => {
    expect(corruption(text)).toMatchObject({ code: "CORRUPTION", kind: "payload" });
  });

  it("are a CorruptionError when they are not text", () => {
    expect(() => defaultCodec.decode(Uint8Array.of(0x4a, 0x22, 0xff, 0x22))).toThrow(CorruptionError);
  });

  it("are not quoted in the message", () => {
    const error = corruption('J{"password": hunter2');
    expect(error.message).not.toContain("hunter2");
    expect(error.cause).toBeUndefined();
  });

  it("of an error make no function of the error run", () => {
    const text =
      'D[["Error",1],{"type":2,"hidden":3,"data":4},"constructor",{"name":5},{"toString":5,"constructor":5},"x"]';
    const error = decodeText(text) as Error;
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype);
  });
});

const prototypes = [Object.prototype, Array.prototype, Map.prototype];

/** Runs `run` as if the prototypes were frozen, which could not be undone: the test runner needs them. */
function withReadOnlyPrototypes<T>(run: () => T): T {
  const before = prototypes.map((prototype) => Object.getOwnPropertyDescriptors(prototype));
  for (const prototype of prototypes) {
    for (const key of Reflect.ownKeys(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
      if (descriptor?.configurable !== true || !("value" in descriptor)) continue;
      Object.defineProperty(prototype, key, { ...descriptor, writable: false });
    }
  }
  try {
    return run();
  } finally {
    for (const [i, prototype] of prototypes.entries()) Object.defineProperties(prototype, before[i] ?? {});
  }
}

describe("with frozen prototypes", () => {
  const canary = Object.getOwnPropertyNames(Object.prototype).join();

  it("every value still comes back with its own keys", () => {
    const value = { constructor: 1, toString: undefined, list: [new Error("x", { cause: { valueOf: 1n } })] };
    const revived = withReadOnlyPrototypes(() => defaultCodec.decode(defaultCodec.encode(value, "output")));
    expect(revived).toStrictEqual(value);
  });

  it("mutated bytes are a value that can be stored, or a CorruptionError, and touch no prototype", () => {
    const mutation = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom("set", "flip", "cut", "insert", "double", "swap"),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...encoder.encode('[]{},:"-0123456789\\'))),
      to: fc.nat(),
    });
    fc.assert(
      fc.property(storable, fc.array(mutation, { minLength: 1, maxLength: 4 }), (value, mutations) => {
        let bytes = [...defaultCodec.encode(value, "output")];
        for (const { at, kind, byte, to } of mutations) bytes = mutate(bytes, { at, kind, byte, to });
        let decoded: unknown;
        try {
          decoded = withReadOnlyPrototypes(() => defaultCodec.decode(Uint8Array.from(bytes)));
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptionError);
          expect(error).toMatchObject({ kind: "payload" });
          return;
        }
        try {
          defaultCodec.encode(decoded, "output");
        } catch (error) {
          // An array may have been made longer than is stored, a position negative.
          expect(error).toBeInstanceOf(UnserializableValueError);
        }
      }),
      { numRuns: Number(process.env.HOLDFAST_FUZZ_RUNS ?? 1_500) },
    );
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(canary);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });
});

interface Mutation {
  readonly at: number;
  readonly kind: string;
  readonly byte: number;
  readonly to: number;
}

function mutate(bytes: readonly number[], { at, kind, byte, to }: Mutation): number[] {
  const result = [...bytes];
  const from = bytes.length === 0 ? 0 : at % bytes.length;
  const other = bytes.length === 0 ? 0 : to % bytes.length;
  const [low, high] = from < other ? [from, other] : [other, from];
  if (kind === "set") result[from] = byte;
  else if (kind === "flip") result[from] = (bytes[from] ?? 0) ^ (1 << (byte & 7));
  else if (kind === "cut") result.splice(low, high - low);
  else if (kind === "insert") result.splice(from, 0, byte);
  else if (kind === "double") result.splice(high, 0, ...bytes.slice(low, high));
  else [result[low], result[high]] = [bytes[high] ?? 0, bytes[low] ?? 0];
  return result;
}
