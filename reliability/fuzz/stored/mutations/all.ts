import type { Mutated } from "../damage.ts";
import { changedCell, foreignCell, futureVersion } from "./cells.ts";
import type { Mutation, Target } from "./mutation.ts";
import {
  droppedRow,
  duplicatedRow,
  movedRow,
  revivedRow,
  staleRow,
  swappedBetween,
  swappedWithin,
} from "./rows.ts";

/** Each kind as often as it stands here: single values have many kinds of their own. */
const MUTATIONS: readonly Mutation[] = [
  ...Array.from({ length: 10 }, () => changedCell),
  foreignCell,
  futureVersion,
  droppedRow,
  duplicatedRow,
  swappedWithin,
  swappedBetween,
  staleRow,
  revivedRow,
  movedRow,
];

/** A kind may find nothing to do where another one does. */
const TRIES = 50;

/** Damages the target in one way. */
export function mutate(target: Target): Mutated | null {
  for (let tries = 0; tries < TRIES; tries++) {
    const mutated = target.prng.pick(MUTATIONS)(target);
    if (mutated !== null) return mutated;
  }
  return null;
}
