import type { Work } from "../work.ts";
import { branches } from "./branches.ts";
import { coldStart } from "./cold-start.ts";
import { longLoop } from "./loop.ts";
import { manyRuns } from "./many-runs.ts";
import { physicalLimits } from "./physical-limits.ts";
import { resume } from "./resume.ts";
import { roundTrip } from "./round-trip.ts";
import { sequentialSteps } from "./sequential-steps.ts";
import { sleepers } from "./sleepers.ts";
import { bytesPerStep } from "./stored-bytes.ts";

export const WORKS: readonly Work[] = [
  physicalLimits,
  sequentialSteps,
  manyRuns,
  resume,
  roundTrip,
  sleepers,
  longLoop,
  bytesPerStep,
  branches,
  coldStart,
];
