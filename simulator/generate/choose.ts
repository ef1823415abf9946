import type { Prng } from "../random/prng.ts";

/** One of the choices, as often as their weights say; undefined when all weights are 0. */
export function choose<Choice>(
  prng: Prng,
  weighted: readonly (readonly [choice: Choice, weight: number])[],
): Choice | undefined {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  let left = prng.next() * total;
  for (const [choice, weight] of weighted) {
    left -= weight;
    if (weight > 0 && left < 0) return choice;
  }
  return undefined;
}
