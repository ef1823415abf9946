/** What a waiter waits for: work for a host, any change of a run, or messages to it. */
export type Interest = "work" | { readonly workflowId: string; readonly messagesOnly?: boolean };

/** A change of a run that is durable. */
export interface Change {
  readonly workflowId: string;
  readonly kind: "created" | "committed" | "claimed" | "released" | "received" | "requested" | "deleted";
  /** Whether the run has a due time: it may be ready to be claimed, or sooner than was known. */
  readonly due: boolean;
}

interface Waiter {
  readonly interest: Interest;
  readonly finish: () => void;
}

/**
 * Those who wait for a change in this process. A hint only: a wait may end without reason, and whoever needs
 * certainty looks again. No listener outlives its wait.
 */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves at the next change of interest, or when the signal aborts; never rejects. */
  wait(interest: Interest, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        this.#waiting.delete(waiter);
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const waiter: Waiter = { interest, finish };
      this.#waiting.add(waiter);
      signal.addEventListener("abort", finish);
    });
  }

  /** A run changed. */
  changed(change: Change): void {
    for (const waiter of [...this.#waiting]) {
      if (concerns(change, waiter.interest)) waiter.finish();
    }
  }

  /** Something changed, or everything ends; nobody knows what. */
  changedSomewhere(): void {
    for (const waiter of [...this.#waiting]) waiter.finish();
  }
}

function concerns(change: Change, interest: Interest): boolean {
  if (interest === "work") return change.due;
  return (
    interest.workflowId === change.workflowId &&
    (change.kind === "received" || interest.messagesOnly !== true)
  );
}
