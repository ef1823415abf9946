import { difference } from "../../../packages/holdfast/test/history/same-value.ts";
import { decodedOrRefused } from "./law.ts";

/** Bytes, and what was made of them. */
interface Seen {
  readonly decode: (bytes: Uint8Array) => unknown;
  readonly bytes: Uint8Array;
  readonly decoded: { readonly value: unknown } | undefined;
}

const MOST = 100_000;

/**
 * What decoders have been given. Those who make values cannot work while prototypes are frozen, so the bytes are kept and
 * decoded again when they are.
 */
class SeenBytes {
  #list: Seen[] = [];

  note(seen: Seen): void {
    if (this.#list.length < MOST) this.#list.push(seen);
  }

  /** Nothing may go through a prototype from here on. @returns how many were decoded again, each as before */
  decodeFrozen(): number {
    Object.freeze(Object.prototype);
    for (const { decode, bytes, decoded } of this.#list) {
      const again = decodedOrRefused(() => decode(bytes));
      const same =
        again === undefined || decoded === undefined
          ? again === decoded
          : difference(again.value, decoded.value) === null;
      if (!same) throw new Error(`with frozen prototypes ${bytes.join()} is decoded to something else`);
    }
    const cases = this.#list.length;
    this.#list = [];
    return cases;
  }
}

export const seenBytes = new SeenBytes();
