import { CONTEXTS } from "./canonical-contexts.ts";
import { LEAVES } from "./canonical-leaves.ts";
import { meetings } from "./canonical-meetings.ts";
import { nestedPairs, undonePairs } from "./canonical-pairs.ts";
import type { Program } from "./program.ts";

/**
 * Small programs in a fixed order: every operation in every place, every block in every block, and what comes at one instant. Each is small enough to
 * have every one of its storage calls go wrong in every way, one after the other.
 */
export function canonicalPrograms(): readonly Program[] {
  const placed = LEAVES.flatMap((leaf) =>
    CONTEXTS.map((context) => ({ what: `${leaf.what} ${context.where}`, body: context.around(leaf) })),
  );
  return [...placed, ...nestedPairs(), ...undonePairs(), ...meetings()].map(({ what, body }) => ({
    name: what,
    body,
  }));
}
