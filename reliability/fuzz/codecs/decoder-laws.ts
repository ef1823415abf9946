import fc from "fast-check";
import { difference } from "../../../packages/holdfast/test/history/same-value.ts";
import { anyBytes, bytesDamage } from "./damage.ts";
import { seenBytes } from "./frozen.ts";
import { assertEqual, type Decoder, decodedOrRefused, type Law, sameBytes } from "./law.ts";

/**
 * The laws of a decoder: values come back, equal ones have equal bytes, and bytes that nobody has written are refused by
 * type or are a whole value, which can be written again and comes back.
 */
export function decoderLaws<Value>(name: string, { encode, decode, values }: Decoder<Value>): Law[] {
  const tried = (bytes: Uint8Array): { readonly value: Value } | undefined => {
    const decoded = decodedOrRefused(() => decode(bytes));
    seenBytes.note({ decode, bytes, decoded });
    return decoded;
  };
  const whole = (value: Value): void => {
    const again = decode(encode(value));
    const differs = difference(again, value);
    assertEqual(differs === null, `a value came back as another one: ${differs}`);
  };
  return [
    {
      name: `${name}: values come back`,
      check: ({ cases, seed }) => fc.assert(fc.property(values, whole), { numRuns: cases, seed }),
    },
    {
      name: `${name}: a value that came back is written as before`,
      check: ({ cases, seed }) =>
        fc.assert(
          fc.property(values, (value) => {
            const bytes = encode(value);
            assertEqual(sameBytes(encode(decode(bytes)), bytes), "the second writing differs from the first");
          }),
          { numRuns: cases, seed },
        ),
    },
    {
      name: `${name}: damaged bytes are refused, or are a whole value`,
      check: ({ cases, seed }) =>
        fc.assert(
          fc.property(values, bytesDamage, (value, damage) => {
            const decoded = tried(damage(encode(value)));
            if (decoded !== undefined) whole(decoded.value);
          }),
          { numRuns: cases, seed },
        ),
    },
    {
      name: `${name}: bytes of any kind are refused, or are a whole value`,
      check: ({ cases, seed }) =>
        fc.assert(
          fc.property(anyBytes, (bytes) => {
            const decoded = tried(bytes);
            if (decoded !== undefined) whole(decoded.value);
          }),
          { numRuns: cases, seed },
        ),
    },
  ];
}

/** The law of a frame with a checksum: whatever is changed in it is found. */
export function sealedLaw<Value>(name: string, { encode, decode, values }: Decoder<Value>): Law {
  return {
    name: `${name}: every damage is found`,
    check: ({ cases, seed }) =>
      fc.assert(
        fc.property(values, bytesDamage, (value, damage) => {
          const bytes = encode(value);
          const damaged = damage(bytes);
          if (sameBytes(damaged, bytes)) return;
          assertEqual(decodedOrRefused(() => decode(damaged)) === undefined, "the damage was not found");
        }),
        { numRuns: cases, seed },
      ),
  };
}
