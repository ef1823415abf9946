const encoder = new TextEncoder();

/**
 * Owns: random numbers that are the same on replay though nothing of them is stored.
 * How: each scope has a stream of its own, seeded by the run's stored seed and the scope's location, so that what one
 * branch draws does not depend on another, nor on loop iterations that are no longer there; and not by its key, whose numbers may
 * be others in a replay as long as no entry is stored in the scope. The generator is sfc32
 * (Chris Doty-Humphrey, PractRand).
 */
export class Draws {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: Uint8Array, location: string) {
    const key = encoder.encode(location);
    this.#a = hash(seed, key, 0x9e3779b9);
    this.#b = hash(seed, key, 0x243f6a88);
    this.#c = hash(seed, key, 0xb7e15162);
    for (let i = 0; i < 12; i++) this.#next();
  }

  #next(): number {
    const sum = (((this.#a + this.#b) >>> 0) + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0;
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) >>> 0;
    this.#c = (this.#c + sum) >>> 0;
    return sum;
  }

  /** In [0, 1), with 53 random bits. */
  float(): number {
    return ((this.#next() >>> 5) * 2 ** 26 + (this.#next() >>> 6)) / 2 ** 53;
  }

  /** A version 4 UUID. */
  uuid(): string {
    const bytes = new Uint8Array(16);
    for (let i = 0; i < 16; i += 4) new DataView(bytes.buffer).setUint32(i, this.#next());
    return formatUuid(bytes);
  }
}

/** FNV-1a over seed and key, with a finish that spreads every bit. */
function hash(seed: Uint8Array, key: Uint8Array, salt: number): number {
  let h = (0x811c9dc5 ^ salt) >>> 0;
  for (const part of [seed, key]) {
    for (const byte of part) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
    h = Math.imul(h ^ part.length, 0x01000193) >>> 0;
  }
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

const DASH = codeOf("-");
const DIGITS = Array.from("0123456789abcdef", codeOf);
/** Where an id is written down before it is made: every commit has one. */
const UUID = Array.from("00000000-0000-0000-0000-000000000000", codeOf);

function codeOf(unit: string): number {
  return unit.charCodeAt(0);
}

/** Sixteen random bytes as a version 4 UUID. */
export function formatUuid(bytes: Uint8Array): string {
  let at = 0;
  for (let i = 0; i < 16; i++) {
    let byte = bytes[i] as number;
    if (i === 6) byte = (byte & 0x0f) | 0x40;
    if (i === 8) byte = (byte & 0x3f) | 0x80;
    if (UUID[at] === DASH) at += 1;
    UUID[at++] = DIGITS[byte >> 4] as number;
    UUID[at++] = DIGITS[byte & 0x0f] as number;
  }
  return String.fromCharCode(...UUID);
}
