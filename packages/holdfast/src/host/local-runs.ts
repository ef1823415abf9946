import type { WorkflowDefinition } from "../model/workflow.ts";

/** Claims of a run that are over: those with a lower epoch, or the first so many that were asked for here. */
export type ClaimsOver = { readonly epoch: number } | { readonly asks: number };

/** What this process itself runs of a store: a host's worker, or nothing. */
export interface LocalRuns {
  /** The workflow of a run that is in work or parked in memory here; null for others. */
  definitionOf(workflowId: string): WorkflowDefinition | null;
  /** Whether the run is in work here: the news of this process tell when that ends. */
  inWork(workflowId: string): boolean;
  /** How often a claim was asked for here. */
  readonly asks: number;
  /** The claim was taken, or the run deleted: it stops here at once, with this reason, and writes nothing. */
  abandon(workflowId: string, reason: unknown, over: ClaimsOver): void;
  /**
   * Before an operator claims the run: stores what it has come to here, if its lease has run out, as far as that can be done now; null
   * when there is nothing to store.
   */
  storeLate(workflowId: string): Promise<void> | null;
  /** Has a run that is in work here cancel itself, with compensation. */
  cancelRun(workflowId: string): void;
  /** Stops the run here; resolves when it has stopped. */
  stopRun(workflowId: string, stop: "pause" | "evict"): Promise<void>;
}

/** A client runs nothing. */
export const noLocalRuns: LocalRuns = {
  definitionOf: () => null,
  inWork: () => false,
  asks: 0,
  abandon: () => {},
  storeLate: () => null,
  cancelRun: () => {},
  stopRun: async () => {},
};
