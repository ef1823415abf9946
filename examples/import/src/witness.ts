import type { HistorySnapshot, SnapshotEntry } from "holdfast";
import type { Ledger } from "./ledger.ts";

/**
 * Looks on from outside. What it once saw committed must never start again; the order of the ledger says what came
 * later, which clocks of different processes could not.
 */
export class Witness {
  readonly #ledger: Ledger;
  readonly #committed: Map<string, number> = new Map();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Takes note of what is committed by now. */
  look(history: HistorySnapshot): void {
    // Asked after the history was read: a body that starts after this has started after the commit.
    const starts = this.#ledger.count();
    const note = (key: string) => {
      if (!this.#committed.has(key)) this.#committed.set(key, starts);
    };
    for (const step of stepsOf(history)) {
      if (step.status !== "pending") note(keyOf(history, step));
      if (step.compensated) note(rollbackKeyOf(history, step));
    }
  }

  /** How many bodies had started when this one was first seen to be committed; undefined when it never was. */
  committedAt(key: string): number | undefined {
    return this.#committed.get(key);
  }
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
