import type { Prng } from "../random/prng.ts";
import type { FaultName, FaultRates } from "../world/fault.ts";
import type { Feature, Swarm } from "./features.ts";
import type { Weather } from "./weather.ts";

/** Which faults a feature of the world stands for. */
const FAULTS_OF: readonly (readonly [Feature, readonly FaultName[]])[] = [
  ["crashes", ["crash-before", "crash-after", "crash-late"]],
  ["late-writes", ["late"]],
  ["refused-writes", ["not-applied", "serialization", "disk-full", "pool-exhausted"]],
  ["lost-answers", ["answer-lost"]],
  ["slow-calls", ["slow"]],
  ["duplicates", ["duplicate"]],
  ["lost-connections", ["connection-lost"]],
  ["lost-hints", ["hint-lost", "hint-late", "hint-false"]],
];

/** Per call: rare enough that a run gets somewhere, often enough that something happens in a short world. */
const USUAL = [0.003, 0.01, 0.03];
const STORMY = [0.01, 0.03, 0.08];

/** How often each fault comes in this world: most of them never. */
export function generateRates(prng: Prng, swarm: Swarm, weather: Weather): FaultRates {
  const rates: Partial<Record<FaultName, number>> = {};
  const usual = weather === "storm" ? STORMY : USUAL;
  for (const [feature, faults] of FAULTS_OF) {
    if (!swarm.has(feature)) continue;
    for (const fault of faults) {
      if (!prng.chance(0.6)) continue;
      // Losing every second hint does no harm; losing every second call would leave nothing to look at.
      rates[fault] = fault.startsWith("hint") ? prng.pick([0.1, 0.5, 1]) : prng.pick(usual);
    }
  }
  if (weather === "soup" && swarm.chance(prng, "corruption", 0.4)) rates.corruption = 0.6;
  // Now and then nothing gets anywhere until the storm is over.
  if (weather === "storm" && swarm.chance(prng, "crashes", 0.1)) rates["crash-before"] = 0.6;
  return rates;
}
