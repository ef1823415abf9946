import { Heap } from "./heap.ts";

/**
 * Owns: which completion is handed to workflow code next.
 * Does not own: when (forward.ts, rollback.ts), what completions do (operation.ts).
 * Invariants: completions come in the order of their numbers, and a new one gets a number above all that were handed
 * over before it, so live and replayed runs hand over the same in the same order (P5); one completion is one turn.
 */

/** A result that is ready to be handed over. */
export interface Completion {
  readonly sequence: number;
  /** A scope that was left behind gets nothing more. */
  readonly scope: { readonly closed: boolean };
  /** Hands the result over; a promise when it must be decoded first. */
  readonly deliver: () => void | Promise<void>;
}

export class Turns {
  readonly #ready: Heap<Completion> = new Heap((completion) => completion.sequence);
  /** The number of the last completion that was handed over. */
  current = 0;
  /** Whether workflow code may be running: between a completion and the end of what it set going. */
  open = false;

  /** Whether there is anything to hand over. */
  get waiting(): boolean {
    return this.#ready.size > 0;
  }

  /** Lines up a completion, recorded or new. */
  add(completion: Completion): void {
    this.#ready.push(completion);
  }

  /** The next completion to hand over, if there is one; takes it out. */
  next(): Completion | undefined {
    for (;;) {
      const completion = this.#ready.pop();
      if (completion === undefined || !completion.scope.closed) return completion;
    }
  }
}
