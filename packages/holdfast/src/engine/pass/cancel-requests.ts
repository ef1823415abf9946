import type { TerminalState } from "../../model/run.ts";
import type { CancelOutcome } from "./outcome.ts";

/** Those whom one cancellation is for. */
interface AskedToCancel {
  /** Whether anybody of them wants what was done undone: then it is, for all. */
  readonly compensate: boolean;
  /** The run is cancelled. */
  readonly won: () => void;
}

/** Those who want a run cancelled and wait to hear whether it was. */
export class CancelRequests {
  #waiting: { readonly compensate: boolean; readonly tell: (outcome: CancelOutcome) => void }[] = [];

  add(compensate: boolean): Promise<CancelOutcome> {
    return new Promise((tell) => this.#waiting.push({ compensate, tell }));
  }

  /** Those who have asked before a cancellation begins: whoever asks while it is being stored comes too late for it. */
  take(): AskedToCancel {
    const taken = this.#waiting;
    this.#waiting = [];
    return {
      compensate: taken.some(({ compensate }) => compensate),
      won: () => {
        for (const { tell } of taken) tell({ cancelled: true });
      },
    };
  }

  /** The run had come to this before. */
  lost(state: TerminalState | "rolling_back"): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const { tell } of told) tell({ cancelled: false, state });
  }
}
