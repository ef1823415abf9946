import { messageOf } from "./describe-error.ts";
import { HoldfastError } from "./holdfast-error.ts";

/**
 * Thrown when the code asks for something else than the history has. The run is paused before any new effect;
 * code that fits again takes it up after `resume()`.
 */
export class HistoryDivergedError extends HoldfastError {
  static override readonly code: string = "HISTORY_DIVERGED";
  readonly workflowId: string;
  /** The place in the history, as text. */
  readonly location: string;
  /** What the history has there. */
  readonly recorded: string;
  /** What the code asked for. */
  readonly asked: string;

  constructor(workflowId: string, details: { location: string; recorded: string; asked: string }) {
    super(
      `The code of run "${workflowId}" does not fit its history at "${details.location}": the history has ${details.recorded}, the code ${details.asked}. ` +
        "Nothing new was started. Deploy code that asks for the recorded operations again and call resume(); " +
        "keep the place of an operation you took out with ctx.removed(name, kind), guard new code with ctx.getVersion(name, latest), or rewind the run.",
    );
    this.workflowId = workflowId;
    this.location = details.location;
    this.recorded = details.recorded;
    this.asked = details.asked;
  }
}

/** Thrown when the workflow returned while steps were still running. */
export class EntryInProgressError extends HoldfastError {
  static override readonly code: string = "ENTRY_IN_PROGRESS";
  readonly locations: readonly string[];

  constructor(workflowId: string, locations: readonly string[]) {
    super(
      `Run "${workflowId}" returned while ${locations.map((l) => `step "${l}"`).join(", ")} still ran: did you forget to await ${locations.length === 1 ? "it" : "them"}?`,
    );
    this.locations = locations;
  }
}

/** Thrown when a function returned though an operation of it had failed and nobody had looked at that. */
export class FailureUnawaitedError extends HoldfastError {
  static override readonly code: string = "FAILURE_UNAWAITED";
  readonly location: string;

  constructor(location: string, options: ErrorOptions) {
    super(
      `"${location}" failed, and the workflow went on without looking: ${messageOf(options.cause)}. Did you forget to await it?`,
      options,
    );
    this.location = location;
  }
}

/** What is wrong with stored bytes. */
export type CorruptionKind =
  | "stale"
  | "format"
  | "version"
  | "checksum"
  | "malformed"
  | "missing"
  | "digest"
  | "payload";

/** What else is known of a corruption. */
export interface CorruptionOptions extends ErrorOptions {
  readonly workflowId?: string;
}

/** Thrown when stored bytes are damaged, missing, swapped, stale or from a newer version. The run is paused. */
export class CorruptionError extends HoldfastError {
  static override readonly code: string = "CORRUPTION";
  readonly kind: CorruptionKind;
  /** The key of the damaged row in hexadecimal; empty when the damage is not in one row. */
  readonly key: string;
  /** Whose data it is; empty where that is not known. */
  readonly workflowId: string;
  readonly #problem: string;

  constructor(kind: CorruptionKind, key: string, problem: string, options: CorruptionOptions = {}) {
    const { workflowId = "", cause } = options;
    const run = workflowId === "" ? "The run" : `Run "${workflowId}"`;
    super(
      `Stored data is not what was written (${kind}${key === "" ? "" : `, key ${key}`}): ${problem}. ${run} does not go on with it; restore the row from a backup and call resume(), or delete the run.`,
      cause === undefined ? {} : { cause },
    );
    this.kind = kind;
    this.key = key;
    this.workflowId = workflowId;
    this.#problem = problem;
  }

  /** @internal The same error, with the run named whose data it is. */
  of(workflowId: string): CorruptionError {
    // One that was revived from a record is told as it was recorded.
    if (this.workflowId !== "" || !(#problem in this)) return this;
    const { kind, key, cause } = this;
    return new CorruptionError(kind, key, this.#problem, { workflowId, cause });
  }
}

/** The reason of a run that is paused because it was claimed again and again without getting anywhere. */
export class CrashLoopError extends HoldfastError {
  static override readonly code: string = "CRASH_LOOP";
  /** The steps that were about to run, as locations. */
  readonly steps: readonly string[];

  constructor(workflowId: string, starts: number, steps: readonly string[]) {
    const running = steps.length === 0 ? "" : ` Running were: ${steps.map((s) => `"${s}"`).join(", ")}.`;
    super(
      `Run "${workflowId}" was started ${starts} times without committing anything: a step seems to end its process, or to block its event loop for longer than the lease.${running} Mend it and call resume().`,
    );
    this.steps = steps;
  }
}
