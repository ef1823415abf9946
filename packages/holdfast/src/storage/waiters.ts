/** What a waiter waits for: work for a host, any change of a run, messages to it, or its end. */
export type Interest =
  | "work"
  | { readonly workflowId: string; readonly messagesOnly?: boolean; readonly endOnly?: boolean };

/** A change of a run that is durable. */
export interface Change {
  readonly workflowId: string;
  readonly kind: "created" | "committed" | "claimed" | "released" | "received" | "requested" | "deleted";
  /** Whether the run has a due time: it may be ready to be claimed, or sooner than was known. */
  readonly due: boolean;
  /** Of a commit: whether the run has ended with it. @default it may have */
  readonly ends?: boolean;
}

interface Waiter {
  readonly interest: Interest;
  readonly finish: () => void;
}

/**
 * Those who wait for a change in this process. A hint only: a wait may end without reason, and whoever needs
 * certainty looks again. No listener outlives its wait. A change costs by those who wait for its run, not by all.
 */
export class Waiters {
  /** By workflow id; those who wait for work are under `null`. No set is empty. */
  readonly #waiting = new Map<string | null, Set<Waiter>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Resolves at the next change of interest, or when the signal aborts; never rejects. While it lasts, `ends` holds a
   * function that ends it.
   */
  wait(interest: Interest, signal: AbortSignal, ends?: Set<() => void>): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        this.#remove(waiter);
        ends?.delete(finish);
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const waiter: Waiter = { interest, finish };
      this.#add(waiter);
      ends?.add(finish);
      signal.addEventListener("abort", finish);
    });
  }

  /** A run changed. */
  changed(change: Change): void {
    if (change.due) for (const waiter of [...(this.#waiting.get(null) ?? [])]) waiter.finish();
    for (const waiter of [...(this.#waiting.get(change.workflowId) ?? [])]) {
      if (concerns(change, waiter.interest)) waiter.finish();
    }
  }

  /** Something changed, or everything ends; nobody knows what. */
  changedSomewhere(): void {
    for (const waiters of [...this.#waiting.values()]) {
      for (const waiter of [...waiters]) waiter.finish();
    }
  }

  #add(waiter: Waiter): void {
    const place = placeOf(waiter.interest);
    const waiters = this.#waiting.get(place);
    if (waiters === undefined) this.#waiting.set(place, new Set([waiter]));
    else waiters.add(waiter);
    this.#size += 1;
  }

  #remove(waiter: Waiter): void {
    const place = placeOf(waiter.interest);
    const waiters = this.#waiting.get(place);
    if (waiters?.delete(waiter) !== true) return;
    this.#size -= 1;
    if (waiters.size === 0) this.#waiting.delete(place);
  }
}

function placeOf(interest: Interest): string | null {
  return interest === "work" ? null : interest.workflowId;
}

function concerns({ kind, ends = true }: Change, interest: Interest): boolean {
  if (interest === "work") return true;
  if (interest.endOnly === true) return kind === "deleted" || (kind === "committed" && ends);
  return kind === "received" || interest.messagesOnly !== true;
}
