import type { Arbitrary } from "fast-check";
import { CorruptionError } from "#holdfast/index.ts";

/** What must hold of every case that is drawn. */
export interface Law {
  readonly name: string;
  /** Runs so many cases. @throws Error that says how to see the case again */
  readonly check: (how: LawRun) => void;
}

interface LawRun {
  readonly cases: number;
  readonly seed: number;
}

/** A decoder, what it decodes, and what tells that a decoded value is a whole one. */
export interface Decoder<Value> {
  readonly encode: (value: Value) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Value;
  readonly values: Arbitrary<Value>;
}

/** What the decoder makes of these bytes; undefined when it says that they are damaged. @throws any other error */
export function decodedOrRefused<Value>(decode: () => Value): { readonly value: Value } | undefined {
  try {
    return { value: decode() };
  } catch (error) {
    if (CorruptionError.is(error)) return undefined;
    throw new Error("damaged bytes gave an error of another type", { cause: error });
  }
}

export function assertEqual(ok: boolean, what: string): void {
  if (!ok) throw new Error(what);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
