import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { crc32c } from "../storage/crc32c.ts";
import { writeWtf8, wtf8Length } from "./wtf8.ts";

const TWO_32 = 0x1_0000_0000;
const FIRST_CAPACITY = 512;
/** Larger buffers are not kept for the next record. */
const MAX_SPARE = 16 * 1024;

/** One piece of memory, seen in two ways. */
interface Space {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const EMPTY = newSpace(0);

/** The space of the last finished record, for the next one: making it costs more than filling it. */
let spare: Space | null = null;

function newSpace(capacity: number): Space {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Writes one record, and ends with `finish()`; what is written after that begins another record. */
export class BareWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor() {
    const space = spare ?? newSpace(FIRST_CAPACITY);
    // Two writers may be at work at once: each has a space of its own.
    spare = null;
    this.#bytes = space.bytes;
    this.#view = space.view;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** The CRC-32C of what is written so far, behind what `seed` is the sum of. */
  checksum(seed: number): number {
    return crc32c(this.#bytes, seed, this.#length);
  }

  /** One byte, 0 to 255. */
  u8(value: number): void {
    requireInteger(value, 0, 0xff);
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Four bytes, little-endian. */
  u32(value: number): void {
    requireInteger(value, 0, 0xffff_ffff);
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Eight bytes, little-endian; at most `Number.MAX_SAFE_INTEGER`. */
  u64(value: number): void {
    requireInteger(value, 0, Number.MAX_SAFE_INTEGER);
    this.#pair(value);
  }

  /** Eight bytes, little-endian, two's complement; a safe integer. */
  i64(value: number): void {
    requireInteger(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    this.#pair(value);
  }

  /** Variable length: seven bits a byte, least significant first; at most `Number.MAX_SAFE_INTEGER`. */
  uint(value: number): void {
    requireInteger(value, 0, Number.MAX_SAFE_INTEGER);
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Eight bytes, IEEE 754, little-endian. */
  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  bool(value: boolean): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value ? 1 : 0;
  }

  /** Bytes with their length in front. */
  data(value: Uint8Array): void {
    this.uint(value.length);
    this.fixed(value);
  }

  /** Bytes whose number the reader knows. */
  fixed(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Text with its length in bytes in front. */
  string(value: string): void {
    const length = wtf8Length(value);
    this.uint(length);
    this.#reserve(length);
    this.#length = writeWtf8(value, this.#bytes, this.#length);
  }

  /** A value that may be absent: `null` and `undefined` are written as absent. */
  optional<T>(value: T | null | undefined, write: (value: T) => void): void {
    this.bool(value !== null && value !== undefined);
    if (value !== null && value !== undefined) write(value);
  }

  /** Values with their number in front. */
  list<T>(values: readonly T[], write: (value: T) => void): void {
    this.uint(values.length);
    for (const value of values) write(value);
  }

  /** The record, in an array of its own. */
  finish(): Uint8Array {
    const record = this.#bytes.slice(0, this.#length);
    if (this.#bytes.length > 0 && this.#bytes.length <= MAX_SPARE) {
      spare = { bytes: this.#bytes, view: this.#view };
    }
    this.#use(EMPTY);
    this.#length = 0;
    return record;
  }

  #use({ bytes, view }: Space): void {
    this.#bytes = bytes;
    this.#view = view;
  }

  #pair(value: number): void {
    this.#reserve(8);
    // Flooring, not truncating: the upper half of a negative number is one lower.
    this.#view.setUint32(this.#length, value >>> 0, true);
    this.#view.setInt32(this.#length + 4, Math.floor(value / TWO_32), true);
    this.#length += 8;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = newSpace(Math.max(needed, this.#bytes.length * 2, FIRST_CAPACITY));
    grown.bytes.set(this.#bytes.subarray(0, this.#length));
    this.#use(grown);
  }
}

function requireInteger(value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}, got ${describe(value)}.`);
}
