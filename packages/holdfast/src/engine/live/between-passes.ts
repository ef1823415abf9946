import { isTerminal } from "../../model/run.ts";
import type { RunPass } from "../pass/run-pass.ts";

/** A pass that waits for its turn, is being opened or runs. */
export interface Passing {
  /** Null: it could not be opened. */
  readonly opening: Promise<RunPass | null>;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** What comes of an operation by a pass that runs; nothing: it is to be done when that has ended. */
type Met<T> = { readonly value: T } | undefined;

/** How an operation goes about a pass that runs: it stops it, waits for it, or has it done by it. */
export type Meet<T> = (pass: RunPass, ended: Promise<void>) => Met<T> | Promise<Met<T>> | void;

/**
 * Asks for its turn for what is to be done to a run while no pass runs it.
 *
 * Invariants: nothing comes between the look that finds no pass and the call that asks for the turn. A pass that began there
 * would have its turn before, and would be waited for to its end without having been stopped.
 */
export async function betweenPasses<T>(
  current: () => Passing | null,
  meet: Meet<T>,
  askForTurn: () => Promise<T>,
): Promise<T> {
  for (let passing = current(); passing !== null; passing = current()) {
    const { opening, ended } = passing;
    const pass = await opening;
    const met = pass === null ? undefined : await meet(pass, ended);
    if (met !== undefined) return met.value;
    await ended;
  }
  return askForTurn();
}

/** Whether the run goes on by this pass: one that pauses it, or has found it at rest, is waited for. */
export function goesOn({ heading }: RunPass): boolean {
  return heading !== "paused" && !isTerminal(heading);
}

/** Resolves when the pass of this outcome has ended. */
export async function settled(outcome: Promise<unknown>): Promise<void> {
  await outcome.catch(() => {});
}
