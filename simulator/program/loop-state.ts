import { canonicalText, digestOf } from "./canonical.ts";

/** What a stateful loop hands on: how many iterations are over, and a text that depends on the values of all of them. */
export interface LoopState {
  readonly count: number;
  readonly sum: string;
}

export const FIRST_STATE: LoopState = { count: 0, sum: "" };

/** The state after an iteration whose block had these values. */
export function nextState(state: LoopState, values: readonly unknown[]): LoopState {
  return nextStateOf(state, canonicalText(values));
}

/** As `nextState`, by the canonical text of the values. */
export function nextStateOf({ count, sum }: LoopState, valuesText: string): LoopState {
  return { count: count + 1, sum: digestOf(`${sum} ${valuesText}`) };
}
