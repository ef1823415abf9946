import type { HistorySnapshot, SnapshotEntry } from "holdfast";
import type { Ledger } from "./ledger.ts";

/** What was committed at a moment when no worker was alive: no body of it may start after that. */
export interface Witness {
  /** The bodies whose outcome was committed, by their idempotency keys. */
  readonly committed: ReadonlySet<string>;
  /** How many bodies had started by then. */
  readonly starts: number;
}

/** The order of the ledger says what came later; clocks of different processes would not. */
export function bearWitness(histories: readonly HistorySnapshot[], ledger: Ledger): Witness {
  const committed = new Set<string>();
  for (const history of histories) {
    for (const step of stepsOf(history)) {
      if (step.status !== "pending") committed.add(keyOf(history, step));
      if (step.compensated) committed.add(rollbackKeyOf(history, step));
    }
  }
  return { committed, starts: ledger.count() };
}

export function stepsOf(history: HistorySnapshot): SnapshotEntry[] {
  return history.entries.filter(({ kind }) => kind === "step");
}

/** What the engine gives the bodies of a step as their idempotency key. */
export function keyOf(history: HistorySnapshot, step: SnapshotEntry): string {
  return `${history.workflowId}/${step.id}`;
}

/** What the engine gives the rollback handler of a step. */
export function rollbackKeyOf(history: HistorySnapshot, step: SnapshotEntry): string {
  return `${keyOf(history, step)}/rollback`;
}
