import type { SmokeRun } from "./smoke-run.ts";
import type { SmokeWorkflow } from "./smoke-workflow.ts";

/** One thing that has to work on every runtime, as plain data. */
export interface SmokeCase {
  readonly name: string;
  readonly workflow: SmokeWorkflow;
  /** What happens to the run from outside. @default it is started, and its end is waited for */
  readonly play?: (run: SmokeRun) => Promise<unknown>;
  /** What the workflow, or `play` where there is one, comes to. @default undefined */
  readonly output?: unknown;
  /** The code of the error that it comes to instead. */
  readonly error?: string;
  /** What was noted, in order. @default whatever it is */
  readonly notes?: readonly string[];
  /** Whether it takes a store and not just a driver. */
  readonly needsStore?: boolean;
}
