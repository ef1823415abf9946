import { bareRuns } from "./bare-runs.ts";
import { blocks } from "./blocks.ts";
import { changes } from "./changes.ts";
import { controls } from "./controls.ts";
import { crashes } from "./crashes.ts";
import { expiry } from "./expiry.ts";
import { fencing } from "./fencing.ts";
import { heartbeats } from "./heartbeats.ts";
import { loops } from "./loops.ts";
import { messages } from "./messages.ts";
import type { Mutant } from "./mutant.ts";
import { retention } from "./retention.ts";
import { rollback } from "./rollback.ts";
import { steps } from "./steps.ts";
import { storage } from "./storage.ts";
import { timers } from "./timers.ts";

/** All mutants. */
export const all: readonly Mutant[] = [
  ...controls,
  ...steps,
  ...messages,
  ...expiry,
  ...timers,
  ...heartbeats,
  ...crashes,
  ...fencing,
  ...loops,
  ...blocks,
  ...rollback,
  ...changes,
  ...storage,
  ...retention,
  ...bareRuns,
];
