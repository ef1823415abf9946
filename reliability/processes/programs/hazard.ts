import { BLOCK_MS, type Hazard } from "./program.ts";

/** Does to this process what the hazard says, if this start is one of those that it is for. */
export async function meetHazard(hazard: Hazard | undefined, startsBefore: number): Promise<void> {
  if (hazard === undefined) return;
  if (hazard.times !== null && startsBefore >= hazard.times) return;
  await hazards[hazard.kind]();
}

const hazards: Readonly<Record<Hazard["kind"], () => void | Promise<void>>> = {
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
