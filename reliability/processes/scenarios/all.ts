import { drainScenarios } from "./drains.ts";
import { failpointScenarios } from "./failpoints.ts";
import { fileScenarios } from "./files.ts";
import { hazardScenarios } from "./hazards.ts";
import { randomKillScenarios } from "./random-kills.ts";
import type { Scenario } from "./scenario.ts";
import { zombieScenario } from "./zombies.ts";

/** Every scenario, in the order in which they are played. */
export const scenarios: readonly Scenario[] = [
  ...randomKillScenarios,
  ...failpointScenarios,
  zombieScenario,
  ...drainScenarios,
  ...hazardScenarios,
  ...fileScenarios,
];
