import type { RandomSource } from "../model/clock.ts";

/** The process that the seed of a run comes from, whoever creates it. */
const CREATOR = 0;

/**
 * What a process draws, the same in every execution of a test. Ids differ from one process to the next; but a run draws the
 * same (`random`, `uuid`) whichever process creates it, since its output may tell. The seed of a run is the first draw
 * of a process that finds none.
 */
export function randomOfProcess(number: number, begun: boolean): RandomSource {
  const own = seededRandom(number + 1);
  if (begun) return own;
  let source = seededRandom(CREATOR);
  const bytes = (length: number): Uint8Array => {
    const drawn = source.bytes(length);
    source = own;
    return drawn;
  };
  return { bytes, float: own.float };
}

function seededRandom(seed: number): RandomSource {
  let state = seed * 0x9e3779b9;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
    float: next,
  };
}
