import type { PayloadCodec } from "../../history/payload.ts";
import { LimitError } from "../../model/errors/argument-errors.ts";
import { CorruptionError } from "../../model/errors/history-errors.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";

/**
 * Owns: payloads within their limits.
 * Invariants: what is handed to workflow code is the decoded copy of what is stored (P8); what is too large is refused
 * before anything is written (P16).
 */
export class Payloads {
  readonly #codec: PayloadCodec;
  readonly #maximum: number;

  constructor(codec: PayloadCodec, maximum: number) {
    this.#codec = codec;
    this.#maximum = maximum;
  }

  /** @throws UnserializableValueError, LimitError */
  encode(value: unknown, what: string): Uint8Array | Promise<Uint8Array> {
    const bytes = this.#codec.encode(value, what);
    return isPromise(bytes)
      ? bytes.then((encoded) => this.#checked(encoded, what))
      : this.#checked(bytes, what);
  }

  /** @throws CorruptionError; StorageError when the codec itself failed */
  decode(bytes: Uint8Array): unknown | Promise<unknown> {
    try {
      const value = this.#codec.decode(bytes);
      return isPromise(value) ? value.then(undefined, unreadable) : value;
    } catch (error) {
      return unreadable(error);
    }
  }

  #checked(bytes: Uint8Array, what: string): Uint8Array {
    if (bytes.length <= this.#maximum) return bytes;
    throw new LimitError({
      limit: "payloadBytes",
      maximum: this.#maximum,
      actual: bytes.length,
      where: what,
      remedy: "Store large data elsewhere and keep a reference to it, or raise the limit.",
    });
  }
}

/** A codec that fails, for want of its keys say, is a failing storage and no failure of the user's step (P11). */
function unreadable(error: unknown): never {
  if (CorruptionError.is(error)) throw error;
  throw new StorageError("The codec could not decode a stored payload; it is asked again later.", {
    outcome: "not-applied",
    retryable: true,
    cause: error,
  });
}

/** Whether a codec answered with a promise. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  );
}
