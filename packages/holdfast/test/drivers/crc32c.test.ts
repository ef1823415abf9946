import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c } from "../../src/storage/crc32c.ts";

const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);

/** The definition, bit by bit. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe("crc32c", () => {
  it.each([
    ["no bytes", new Uint8Array(), 0],
    ["the check value of the catalogue", new TextEncoder().encode("123456789"), 0xe306_9283],
    ["32 zeros (RFC 3720)", new Uint8Array(32), 0x8a91_36aa],
    ["32 ones (RFC 3720)", new Uint8Array(32).fill(0xff), 0x62a8_ab43],
    ["ascending bytes (RFC 3720)", ascending, 0x46dd_794e],
    ["descending bytes (RFC 3720)", ascending.toReversed(), 0x113f_db5c],
  ])("of %s is the published value", (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it("agrees with the definition for every length and content", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => crc32c(bytes) === slowCrc(bytes)));
  });

  it("of chunks, each seeded with the sum so far, is that of the whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), fc.nat(60), (bytes, a, b) => {
        const [first, second] = a < b ? [a, b] : [b, a];
        const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        expect(chunks.reduce((sum, chunk) => crc32c(chunk, sum), 0)).toBe(crc32c(bytes));
      }),
    );
  });

  it("does not depend on where the bytes stand in their buffer", () => {
    const padded = new Uint8Array(40);
    padded.set(ascending, 3);
    expect(crc32c(padded.subarray(3, 35))).toBe(0x46dd_794e);
  });

  it("of the bytes before an end is that of a copy of them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), fc.nat(), (bytes, at, seed) => {
        const end = Math.min(at, bytes.length);
        expect(crc32c(bytes, seed, end)).toBe(crc32c(bytes.slice(0, end), seed));
      }),
    );
  });

  it("notices every single flipped bit", () => {
    const sum = crc32c(ascending);
    for (let bit = 0; bit < ascending.length * 8; bit++) {
      const flipped = ascending.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(crc32c(flipped)).not.toBe(sum);
    }
  });
});
