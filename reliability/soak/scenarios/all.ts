import { loops } from "./loops.ts";
import { openClose } from "./open-close.ts";
import { parkedRuns } from "./parked-runs.ts";
import { replayLength } from "./replay-length.ts";
import type { Scenario } from "./scenario.ts";
import { shortRuns } from "./short-runs.ts";

/** Every scenario, in the order in which they are run. */
export const scenarios: readonly Scenario[] = [
  ...loops,
  ...shortRuns,
  ...parkedRuns,
  ...openClose,
  ...replayLength,
];
