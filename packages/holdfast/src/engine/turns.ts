import { Heap } from "./heap.ts";

/**
 * Owns: which completion is handed to workflow code next.
 * Does not own: when (run-pass.ts), what completions do (operation.ts).
 * Invariants: recorded completions come in the order of their numbers, before any new one (P5); new ones come in the
 * order in which they got theirs; one completion is one turn.
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
  readonly #recorded: Heap<Completion> = new Heap((completion) => completion.sequence);
  #fresh: Completion[] = [];
  #freshFrom = 0;
  /** The number of the last completion that was handed over. */
  current = 0;
  /** Whether workflow code may be running: between a completion and the end of what it set going. */
  open = false;

  /** Whether there is anything to hand over. */
  get waiting(): boolean {
    return this.#recorded.size > 0 || this.#freshFrom < this.#fresh.length;
  }

  /** A completion that the history has. */
  ask(completion: Completion): void {
    this.#recorded.push(completion);
  }

  /** A completion that has just got its number. */
  add(completion: Completion): void {
    this.#fresh.push(completion);
  }

  /** The next completion to hand over, if there is one; takes it out. */
  next(): Completion | undefined {
    for (;;) {
      const completion = this.#recorded.pop() ?? this.#shift();
      if (completion === undefined || !completion.scope.closed) return completion;
    }
  }

  #shift(): Completion | undefined {
    const completion = this.#fresh[this.#freshFrom];
    if (completion === undefined) return undefined;
    this.#freshFrom += 1;
    if (this.#freshFrom === this.#fresh.length) {
      this.#fresh = [];
      this.#freshFrom = 0;
    }
    return completion;
  }
}
