import type { Ending, NamedProgram } from "../programs/program.ts";

/** A run that has to reach its end. */
export interface PlannedRun extends NamedProgram {
  readonly workflowId: string;
  /** What the operator does to it; null: nothing. */
  readonly operation: Operation | null;
}

/** What an operator does: holds the run for a moment, wakes it again and again, or cancels it. */
export type Operation = "pause" | "wake" | "cancel" | "cancel-compensate";

/** All runs of a round. */
export interface Plan {
  readonly seed: number;
  readonly runs: readonly PlannedRun[];
}

/** Runs of which a sender takes its share: those whose number is `index` modulo `of`. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/** Files of a round, all in one directory. */
export interface RoundFiles {
  readonly database: string;
  readonly ledger: string;
  readonly socket: string;
  readonly plan: string;
}

/** What a process of the rig is to be; one process may be several things at once. */
export interface MemberConfig {
  readonly name: string;
  readonly files: RoundFiles;
  /** Runs what is due. */
  readonly work: WorkerConfig | null;
  /** Starts its share of the runs, sends to them, and waits for their ends. */
  readonly send: Share | null;
  /** Does what the plan wants done to runs, and resumes runs that other code had stopped at. */
  readonly operate: boolean;
}

export interface WorkerConfig {
  readonly leaseMs: number;
  readonly concurrency: number;
  readonly cacheSize: number;
  readonly crashBudget: number;
  /** Of the code that is deployed. */
  readonly version: number;
}

/** How a run may end: as its program says, unless it was cancelled in time. */
export function allowedEndings({ ends, operation }: PlannedRun): readonly Ending[] {
  return operation?.startsWith("cancel") ? [ends, "cancelled"] : [ends];
}
