import fc, { type Arbitrary } from "fast-check";
import { numberedSeed, Prng } from "../../../simulator/random/prng.ts";
import { byteMutations } from "../stored/mutations/bytes.ts";

/** A way to damage bytes: of a kind, at a place that follows from a number. */
export type BytesDamage = (bytes: Uint8Array) => Uint8Array;

/** Bytes as deep as that take longer than all else together; the rig for stored data has them. */
const kinds = Object.keys(byteMutations).filter((kind) => kind !== "depth");

export const bytesDamage: Arbitrary<BytesDamage> = fc
  .tuple(fc.constantFrom(...kinds), fc.nat())
  .map(([kind, number]) =>
    Object.assign(
      (bytes: Uint8Array) => byteMutations[kind]?.(bytes, new Prng(numberedSeed(number), kind)) as Uint8Array,
      { [fc.toStringMethod]: () => `${kind} ${number}` },
    ),
  );

/** Bytes of any kind; some begin as something that is known. */
export const anyBytes: Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .tuple(fc.constantFrom(0x44, 0x46, 0x48, 0x4a, 0x4b, 0x4d, 0x55), fc.uint8Array({ maxLength: 64 }))
    .map(([first, rest]) => Uint8Array.of(first, ...rest)),
  fc.json().map((text) => new TextEncoder().encode(`J${text}`)),
  fc.json().map((text) => new TextEncoder().encode(`D${text}`)),
);
