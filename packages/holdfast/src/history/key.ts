import { CorruptionError } from "../model/errors/history-errors.ts";
import type { KeyRange } from "../storage/records.ts";
import type { Segment, SegmentType } from "./location.ts";

/**
 * Owns: the order-preserving encoding of rows' keys.
 * Invariants: keys of one scope's iterations and items are in numeric order; no key is a prefix of another location's
 * key except that of a scope it lies in; every key has exactly one encoding.
 *
 * A key is the number of its key space, then per segment: type, length, big-endian digits without leading zeros. The
 * idea of order-preserving typed tuples comes from FoundationDB's tuple layer.
 */

/** What a row is; the first byte of its key. Stored; never changes. */
export const KeySpace = {
  entry: 0x10,
  name: 0x20,
  input: 0x30,
  output: 0x31,
  error: 0x32,
  hold: 0x33,
  cancelled: 0x34,
  undoing: 0x35,
  formerSeeds: 0x36,
  forkedAt: 0x37,
} as const;

function digitsOf(value: number): number {
  let digits = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits += 1;
  return digits;
}

/** `prefix` with one more segment. */
export function appendSegment(prefix: Uint8Array, segment: Segment): Uint8Array {
  return appendNumber(prefix, segment.type, segment.value);
}

function appendNumber(prefix: Uint8Array, tag: number, value: number): Uint8Array {
  const digits = digitsOf(value);
  const key = new Uint8Array(prefix.length + 2 + digits);
  key.set(prefix);
  key[prefix.length] = tag;
  key[prefix.length + 1] = digits;
  let rest = value;
  for (let i = key.length - 1; i > prefix.length + 1; i--) {
    key[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return key;
}

/** The key of the entries' root: the prefix of all of them. */
export const ENTRY_ROOT: Uint8Array = Uint8Array.of(KeySpace.entry);

/** The key of a row that a run has one of. */
export function singleKey(space: number): Uint8Array {
  return Uint8Array.of(space);
}

/** The key of a name in the registry. */
export function nameKey(index: number): Uint8Array {
  return appendNumber(Uint8Array.of(KeySpace.name), 1, index);
}

/** Keys of all segments `type` with `from <= value < to` under `prefix`, with everything below them. */
export function segmentRange(prefix: Uint8Array, type: SegmentType, from: number, to: number): KeyRange {
  return { from: appendNumber(prefix, type, from), to: appendNumber(prefix, type, to) };
}

/** Keys of a location and everything below it. */
export function subtreeRange(key: Uint8Array): KeyRange {
  const to = new Uint8Array(key.length + 1);
  to.set(key);
  // Above every segment type that can follow.
  to[key.length] = 0xff;
  return { from: key, to };
}

/** A key taken apart. */
export interface ParsedKey {
  readonly space: number;
  readonly segments: readonly Segment[];
}

/**
 * @throws CorruptionError when the bytes are not a key.
 */
export function parseKey(key: Uint8Array): ParsedKey {
  const segments: Segment[] = [];
  let at = 1;
  while (at < key.length) {
    const type = key[at] ?? 0;
    const digits = key[at + 1] ?? 0xff;
    const end = at + 2 + digits;
    if (type < 1 || type > 6 || digits > 7 || end > key.length || (digits > 0 && key[at + 2] === 0)) {
      throw new CorruptionError("malformed", hex(key), "the key is not one that Holdfast writes");
    }
    let value = 0;
    for (let i = at + 2; i < end; i++) value = value * 256 + (key[i] as number);
    segments.push({ type: type as SegmentType, value });
    at = end;
  }
  return { space: key[0] ?? 0, segments };
}

/** Bytes in hexadecimal, for messages. */
export function hex(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += byte.toString(16).padStart(2, "0");
  return out;
}
