import type { Prng } from "../random/prng.ts";

/**
 * One of the choices, as often as their weights say.
 * @throws RangeError when all weights are 0
 */
export function choose<Choice>(
  prng: Prng,
  weighted: readonly (readonly [choice: Choice, weight: number])[],
): Choice {
  const possible = weighted.filter(([, weight]) => weight > 0);
  const total = possible.reduce((sum, [, weight]) => sum + weight, 0);
  let left = prng.next() * total;
  let chosen: Choice | undefined;
  for (const [choice, weight] of possible) {
    chosen = choice;
    left -= weight;
    if (left < 0) break;
  }
  if (possible.length === 0) throw new RangeError("There is nothing to choose: all weights are 0.");
  return chosen as Choice;
}
