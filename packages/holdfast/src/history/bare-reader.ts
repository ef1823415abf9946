import { CorruptionError } from "../model/errors/history-errors.ts";
import { hex } from "./key.ts";
import { readWtf8 } from "./wtf8.ts";

const TWO_32 = 0x1_0000_0000;
/** Strings up to this length are decoded in a loop; above it the runtime's decoder is faster. */
const SHORT_STRING = 24;

/** Reads one record. Everything that the writer does not write throws `CorruptionError` of the kind "malformed". */
export class BareReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #key: string | Uint8Array;
  #offset: number;

  /** `key` names the row in errors, its bytes in hexadecimal; `offset` is where the record begins. */
  constructor(bytes: Uint8Array, key: string | Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#key = key;
    this.#offset = offset;
  }

  /** Where the next value begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    const value = this.#pair(false);
    return value <= Number.MAX_SAFE_INTEGER ? value : this.fail("an integer is too large");
  }

  i64(): number {
    const value = this.#pair(true);
    return Number.isSafeInteger(value) ? value : this.fail("an integer is too large");
  }

  uint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 1; ; count++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (byte === 0 && count > 1) this.fail("an integer is longer than it need be");
        return value <= Number.MAX_SAFE_INTEGER ? value : this.fail("an integer is too large");
      }
      if (count === 8) this.fail("an integer is too large");
      scale *= 0x80;
    }
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  bool(): boolean {
    const byte = this.u8();
    return byte <= 1 ? byte === 1 : this.fail(`a boolean is ${byte}`);
  }

  /** Bytes with their length in front. They are a view of the record, not a copy. */
  data(): Uint8Array {
    return this.fixed(this.uint());
  }

  /** `count` bytes, as a view of the record. */
  fixed(count: number): Uint8Array {
    const start = this.#take(count);
    return this.#bytes.subarray(start, start + count);
  }

  string(): string {
    const length = this.uint();
    const start = this.#take(length);
    const end = start + length;
    if (length <= SHORT_STRING) {
      let text = "";
      let offset = start;
      for (; offset < end; offset++) {
        const byte = this.#bytes[offset] as number;
        if (byte >= 0x80) break;
        text += String.fromCharCode(byte);
      }
      if (offset === end) return text;
    }
    return readWtf8(this.#bytes.subarray(start, end)) ?? this.fail("a string is not valid text");
  }

  optional<T>(read: () => T): T | null {
    return this.bool() ? read() : null;
  }

  /** Values with their number in front. `itemBytes` is the least that one of them takes (at least 1). */
  list<T>(read: () => T, itemBytes = 1): T[] {
    const count = this.uint();
    if (count > Math.floor(this.remaining / itemBytes)) {
      this.fail(`a list claims ${count} items, more than fit the ${this.remaining} bytes that are left`);
    }
    const values: T[] = [];
    for (let i = 0; i < count; i++) values.push(read());
    return values;
  }

  /** The record ends here: bytes after it are an error. */
  end(): void {
    if (this.remaining !== 0) this.fail(`${this.remaining} bytes follow the end of the record`);
  }

  /** Throws the reader's `CorruptionError`: for values that a record does not allow, such as an unknown kind. */
  fail(problem: string): never {
    const key = typeof this.#key === "string" ? this.#key : hex(this.#key);
    throw new CorruptionError("malformed", key, `${problem} (at byte ${this.#offset})`);
  }

  #pair(signed: boolean): number {
    const start = this.#take(8);
    const high = signed ? this.#view.getInt32(start + 4, true) : this.#view.getUint32(start + 4, true);
    return high * TWO_32 + this.#view.getUint32(start, true);
  }

  #take(count: number): number {
    if (count > this.remaining) {
      this.fail(`a value needs ${count} bytes, and ${this.remaining} are left`);
    }
    const start = this.#offset;
    this.#offset += count;
    return start;
  }
}
