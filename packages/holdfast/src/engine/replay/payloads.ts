import { decodeFailure, encodeFailure } from "../../history/failure.ts";
import { defaultCodec, keptBytes, type PayloadCodec } from "../../history/payload.ts";
import { LimitError } from "../../model/errors/argument-errors.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import { isPromise } from "../../model/is-promise.ts";

/** What payloads are encoded by, and what becomes of a codec that fails. */
export interface PayloadsSetup {
  readonly codec: PayloadCodec;
  /** Bytes of one payload. */
  readonly maximum: number;
  /** Bytes of one failure. @default 256 KiB */
  readonly failureMaximum?: number;
  /**
   * Resolves when a failing codec is to be asked again, after failed try `attempt` from 1; null: no more. `kept`: to give the value
   * up is to do again what it came from.
   */
  readonly retry: (attempt: number, kept: boolean) => Promise<void> | null;
  /** It goes on failing: the pass ends. */
  readonly broken: (error: unknown) => void;
}

/**
 * Owns: payloads within their limits, and patience with a codec that fails, such as one whose key service is down.
 * Invariants: what is handed to workflow code is the decoded copy of what is stored (P8); what is too large is refused
 * before anything is written (P16); a failing codec is nobody's failure in the code (P11).
 */
export class Payloads {
  readonly #setup: PayloadsSetup;

  constructor(setup: PayloadsSetup) {
    this.#setup = setup;
  }

  /**
   * A codec that goes on failing ends the pass, and the promise never settles: no code is told.
   * @throws UnserializableValueError, LimitError
   */
  encode(value: unknown, what: string): Uint8Array | Promise<Uint8Array> {
    return this.#orBreak(this.#encode(value, what, false));
  }

  /**
   * As `encode`, for what nothing but the effect that it came from would give again: patient for longer, and `lost` is told when it
   * is given up. Not for a turn, which would hold up the pass.
   */
  encodeKept(value: unknown, what: string, lost: () => void): Uint8Array | Promise<Uint8Array> {
    return this.#orBreak(this.#encode(value, what, true), lost);
  }

  #orBreak(bytes: Uint8Array | Promise<Uint8Array>, lost?: () => void): Uint8Array | Promise<Uint8Array> {
    return isPromise(bytes) ? bytes.catch((error) => this.#giveUp(error, lost)) : bytes;
  }

  /** @throws UnserializableValueError, LimitError; StorageError where the codec goes on failing */
  encodeOrFail(value: unknown, what: string): Uint8Array | Promise<Uint8Array> {
    return this.#encode(value, what, false);
  }

  #encode(value: unknown, what: string, kept: boolean): Uint8Array | Promise<Uint8Array> {
    try {
      const bytes = this.#setup.codec.encode(value, what);
      if (!isPromise(bytes)) return this.#checked(bytes, what);
      return bytes.then(
        (encoded) => this.#checked(encoded, what),
        (error) => this.#again({ value, what, kept }, error),
      );
    } catch (error) {
      if (!StorageError.is(error)) throw error;
      return this.#again({ value, what, kept }, error);
    }
  }

  /** Anything that was thrown, cut to what the storage takes. */
  failure(thrown: unknown): Uint8Array {
    return encodeFailure(thrown, this.#setup.failureMaximum);
  }

  /** What was thrown, as it is stored: what throws when it is looked at does no harm any more, and what cannot be stored is gone. */
  storable(thrown: unknown): unknown {
    return decodeFailure(this.failure(thrown));
  }

  /** @throws CorruptionError; StorageError when the codec itself failed */
  decode(bytes: Uint8Array): unknown | Promise<unknown> {
    return this.#setup.codec.decode(bytes);
  }

  /** What is done to the value while it is tried again changes nothing; while the codec was at work on it first, that is its own affair. */
  async #again(
    { value, what, kept }: { value: unknown; what: string; kept: boolean },
    failure: unknown,
  ): Promise<Uint8Array> {
    const copy = copyOf(value, what);
    let error = failure;
    for (let attempt = 1; StorageError.is(error); attempt++) {
      const wait = this.#setup.retry(attempt, kept);
      if (wait === null) break;
      await wait;
      try {
        return this.#checked(await this.#setup.codec.encode(copy, what), what);
      } catch (again) {
        error = again;
      }
    }
    throw error;
  }

  #giveUp(error: unknown, lost?: () => void): Promise<never> {
    if (!StorageError.is(error)) throw error;
    lost?.();
    this.#setup.broken(error);
    return new Promise(() => {});
  }

  #checked(bytes: Uint8Array, what: string): Uint8Array {
    const { maximum } = this.#setup;
    if (bytes.length <= maximum) return keptBytes(bytes);
    throw new LimitError({
      limit: "payloadBytes",
      maximum,
      actual: bytes.length,
      where: what,
      remedy: "Store large data elsewhere and keep a reference to it, or raise the limit.",
    });
  }
}

/** A copy, where the value is one that the default codec keeps. */
export function copyOf(value: unknown, what: string): unknown {
  try {
    return defaultCodec.decode(defaultCodec.encode(value, what));
  } catch {
    return value;
  }
}
