import type { Observer, WorkflowDefinition } from "#holdfast/index.ts";
import type { Gauges } from "../measure/loop-watch.ts";

/** Where one long run lives: its storage, its clock, and who runs it. */
export interface LoopHome {
  readonly gauges: Gauges;
  /** Most listeners that were on one signal which the storage was given. */
  readonly mostListeners: () => number;
  /** Runs the workflow to its end. */
  readonly run: (workflow: WorkflowDefinition) => Promise<unknown>;
  readonly send: (name: string, body: unknown) => Promise<void>;
  readonly request: (name: string, body: unknown) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** What a home is opened with. */
export interface LoopHomeOptions {
  readonly observers?: readonly Observer[];
}
