import type { Mutant } from "./mutant.ts";

/** All mutants. */
export const all: readonly Mutant[] = [];
