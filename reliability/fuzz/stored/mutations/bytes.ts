import type { Prng } from "../../../../simulator/random/prng.ts";
import type { CellMutation } from "./mutation.ts";

/** Levels so deep that whoever goes down by recursion does not come back; they are few, since they take long. */
const DEEPEST = 100_000;
const DEEP = 500;
const DEEPEST_SHARE = 0.1;

function changedAt(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = byte;
  return changed;
}

function inserted(bytes: Uint8Array, prng: Prng, insertion: ArrayLike<number>): Uint8Array {
  const at = prng.int(bytes.length + 1);
  return Uint8Array.of(...bytes.subarray(0, at), ...Array.from(insertion), ...bytes.subarray(at));
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Ways in which bytes are damaged. One that finds nothing to change gives the same bytes back. */
export const byteMutations: Readonly<Record<string, CellMutation<Uint8Array>>> = {
  "bit flip": (bytes, prng) => {
    if (bytes.length === 0) return bytes;
    const at = prng.int(bytes.length);
    return changedAt(bytes, at, (bytes[at] as number) ^ (1 << prng.int(8)));
  },
  "byte set": (bytes, prng) =>
    bytes.length === 0 ? bytes : changedAt(bytes, prng.int(bytes.length), prng.int(256)),
  "first byte set": (bytes, prng) =>
    bytes.length === 0
      ? bytes
      : changedAt(bytes, 0, prng.pick([0, 1, 0x44, 0x48, 0x4a, 0x4d, 0x55, 0x7b, 0xff])),
  truncate: (bytes, prng) => bytes.slice(0, prng.int(bytes.length + 1)),
  extend: (bytes, prng) =>
    Uint8Array.of(...bytes, ...Array.from({ length: prng.between(1, 9) }, () => prng.int(256))),
  "zero length": () => new Uint8Array(0),
  "byte lost": (bytes, prng) => {
    const at = prng.int(Math.max(1, bytes.length));
    return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1));
  },
  "bytes swapped": (bytes, prng) => {
    if (bytes.length < 2) return bytes;
    const [a, b] = [prng.int(bytes.length), prng.int(bytes.length)];
    return changedAt(changedAt(bytes, a, bytes[b] as number), b, bytes[a] as number);
  },
  "stretch of zeros": (bytes, prng) => {
    const from = prng.int(bytes.length + 1);
    return bytes.slice().fill(0, from, from + prng.between(1, 16));
  },
  "not UTF-8": (bytes, prng) => inserted(bytes, prng, [0xff, 0xfe, 0xc0]),
  "length claim": (bytes, prng) =>
    inserted(bytes, prng, prng.pick([LONGEST_VARINT, FOUR_GIB, [0xff, 0xff, 0xff, 0xff]])),
  "duplicate keys": (bytes, prng) => inserted(bytes, prng, ascii('"a":1,"a":2,"__proto__":3,')),
  depth: (bytes, prng) => {
    const at = prng.int(bytes.length + 1);
    const levels = prng.chance(DEEPEST_SHARE) ? DEEPEST : DEEP;
    const deep = new Uint8Array(bytes.length + levels).fill(0x5b);
    deep.set(bytes.subarray(0, at));
    deep.set(bytes.subarray(at), at + levels);
    return deep;
  },
};

const LONGEST_VARINT = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
/** 2^32 as a number of variable length. */
const FOUR_GIB = [0x80, 0x80, 0x80, 0x80, 0x10];
