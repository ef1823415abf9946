import type { TerminalState } from "../../model/run.ts";
import type { CancelOutcome } from "./outcome.ts";

/** Those who want a run cancelled and wait to hear whether it was; the first that wants it undone has it undone for all. */
export class CancelRequests {
  #waiting: { readonly compensate: boolean; readonly tell: (outcome: CancelOutcome) => void }[] = [];

  add(compensate: boolean): Promise<CancelOutcome> {
    return new Promise((tell) => this.#waiting.push({ compensate, tell }));
  }

  /** Whether anybody wants what was done undone. */
  get compensates(): boolean {
    return this.#waiting.some(({ compensate }) => compensate);
  }

  /** The run is cancelled. */
  won(): void {
    this.#tell({ cancelled: true });
  }

  /** The run had come to this before. */
  lost(state: TerminalState | "rolling_back"): void {
    this.#tell({ cancelled: false, state });
  }

  #tell(outcome: CancelOutcome): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const { tell } of told) tell(outcome);
  }
}
