import { describe } from "../model/describe.ts";
import { LimitError, UnserializableValueError } from "../model/errors/argument-errors.ts";
import { messageOf } from "../model/errors/describe-error.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { StorageError } from "../model/errors/storage-errors.ts";
import { isPromise } from "../model/is-promise.ts";
import { defaultCodec, type PayloadCodec } from "./payload.ts";

/**
 * A codec of the user's, held to its contract.
 *
 * Invariants
 * - What is wrong with a value is an `UnserializableValueError` or `LimitError`, what is wrong with bytes a
 *   `CorruptionError`; everything else is a failing storage, and no failure of the user's step (P11).
 * - Bytes are copied both ways: what the codec does with its buffers afterwards changes nothing (P8).
 */
export function guardedCodec(codec: PayloadCodec): PayloadCodec {
  if (codec === defaultCodec) return codec;
  return {
    encode(value, what) {
      return guarded(
        () => codec.encode(value, what),
        (bytes) => exactBytes(bytes, what),
        (error) => encodeFailed(error, what),
      ) as Uint8Array | Promise<Uint8Array>;
    },
    decode(bytes) {
      return guarded(
        () => codec.decode(bytes.slice()),
        (value) => value,
        decodeFailed,
      );
    },
  };
}

/** Calls a codec; a promise of any make becomes one of the platform. */
function guarded<Value>(
  call: () => unknown,
  accept: (given: unknown) => Value,
  failed: (error: unknown) => never,
): Value | Promise<Value> {
  let given: unknown;
  try {
    given = call();
    if (!isPromise(given)) return accept(given);
  } catch (error) {
    return failed(error);
  }
  return Promise.resolve(given).then(accept).catch(failed);
}

function exactBytes(given: unknown, what: string): Uint8Array {
  const problem = problemOf(given);
  if (problem === null) return new Uint8Array(given as Uint8Array);
  throw storageError(`The codec must encode ${what} as a Uint8Array; it gave ${problem}.`);
}

function problemOf(given: unknown): string | null {
  if (!(given instanceof Uint8Array)) return describe(given);
  const buffer = given.buffer as ArrayBufferLike & { readonly detached?: boolean };
  if (Object.prototype.toString.call(buffer) !== "[object ArrayBuffer]") return "one over shared memory";
  return buffer.detached === true ? "one over a detached buffer" : null;
}

function encodeFailed(error: unknown, what: string): never {
  if (UnserializableValueError.is(error) || LimitError.is(error) || StorageError.is(error)) throw error;
  throw storageError(`The codec could not encode ${what}: ${messageOf(error)}. It is asked again.`, error);
}

function decodeFailed(error: unknown): never {
  if (CorruptionError.is(error) || StorageError.is(error)) throw error;
  throw storageError("The codec could not decode a stored payload; it is asked again later.", error);
}

function storageError(message: string, cause?: unknown): StorageError {
  return new StorageError(message, {
    outcome: "not-applied",
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
