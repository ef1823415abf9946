import type { Simulation } from "./simulated-run.ts";

/** A workflow for `crashEverywhere`, and what is expected of it. */
export interface CrashProgram extends Omit<Simulation, "mode"> {
  readonly name: string;
  /** Outputs that a run with crashes may have besides the one without, such as that of an interrupted step. */
  readonly alsoAllowed?: readonly unknown[];
  /**
   * Whether runs with crashes start the same attempts as the one without: not where a race leaves it open how far its
   * losers get. @default true
   */
  readonly sameEffects?: boolean;
}
