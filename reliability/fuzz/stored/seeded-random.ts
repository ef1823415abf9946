import type { RandomSource } from "#holdfast/index.ts";
import { Prng } from "../../../simulator/random/prng.ts";

/** Ids and seeds of runs that are the same in every execution. */
export function seededRandom(seed: string, purpose: string): RandomSource {
  const prng = new Prng(seed, purpose);
  return {
    bytes: (length) => Uint8Array.from({ length }, () => prng.int(256)),
    float: () => prng.next(),
  };
}
