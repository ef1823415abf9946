import type { RunPass } from "../engine/pass/run-pass.ts";
import { RunEvictedError } from "../model/errors/run-errors.ts";
import type { LeaseGuard } from "./lease-guard.ts";

/** A pass that is parked in memory, and what its next lease is to be put into. */
export interface ParkedPass {
  readonly pass: RunPass;
  readonly guard: LeaseGuard;
}

/**
 * Owns: the passes that stay in memory while their runs are parked; the least recently parked leave first.
 * Does not own: whether one may go on in place (hosted-run.ts).
 * Invariants: never more than `maximum`; nothing is lost with one that leaves, as all of it is stored.
 */
export class ParkedPasses {
  readonly #maximum: number;
  readonly #passes: Map<string, ParkedPass> = new Map();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  put(parked: ParkedPass): void {
    const { workflowId } = parked.pass;
    this.drop(workflowId);
    this.#passes.set(workflowId, parked);
    if (this.#passes.size <= this.#maximum) return;
    for (const oldest of this.#passes.keys()) {
      this.drop(oldest);
      return;
    }
  }

  get(workflowId: string): RunPass | undefined {
    return this.#passes.get(workflowId)?.pass;
  }

  /** Takes a pass out, to go on with it. */
  take(workflowId: string): ParkedPass | null {
    const parked = this.#passes.get(workflowId) ?? null;
    this.#passes.delete(workflowId);
    return parked;
  }

  drop(workflowId: string): void {
    const parked = this.take(workflowId);
    if (parked !== null) leavePass(parked.pass);
  }

  clear(): void {
    for (const workflowId of [...this.#passes.keys()]) this.drop(workflowId);
  }
}

/** Lets go of a pass that will not go on here: it can be collected. */
export function leavePass(pass: RunPass): void {
  pass.abandon(new RunEvictedError(pass.workflowId));
}
