import { BLOCK_MS, type Hazard } from "./program.ts";

/** What this start of a body does to its process; null: nothing, or no longer. */
export function hazardOf(hazard: Hazard | undefined, startsBefore: number): Hazard["kind"] | null {
  if (hazard === undefined || (hazard.times !== null && startsBefore >= hazard.times)) return null;
  return hazard.kind;
}

export const hazards: Readonly<Record<Hazard["kind"], () => void | Promise<void>>> = {
  block() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK_MS);
  },

  exhaust() {
    const kept: number[][] = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, Math.random));
  },

  /** The body itself never ends: what kills the process comes from elsewhere. */
  throw() {
    setTimeout(() => {
      throw new Error("Thrown where nobody awaits it.");
    });
    return new Promise<void>(() => {});
  },

  exit() {
    process.exit(3);
  },
};
