import type { PauseReason, RunState } from "../run.ts";
import { formatMs } from "./amounts.ts";
import { HoldfastError } from "./holdfast-error.ts";

/** Thrown when there is no run with this id. */
export class RunNotFoundError extends HoldfastError {
  static override readonly code: string = "RUN_NOT_FOUND";
  readonly workflowId: string;

  constructor(workflowId: string) {
    super(`There is no run "${workflowId}" in this store. Start it first, or check the id and the store.`);
    this.workflowId = workflowId;
  }
}

/** Thrown when a finished run is asked for something that only a run in progress can do. */
export class RunFinishedError extends HoldfastError {
  static override readonly code: string = "RUN_FINISHED";
  readonly workflowId: string;
  readonly state: RunState;

  constructor(workflowId: string, state: RunState) {
    super(
      `Run "${workflowId}" is ${state}: it takes no more messages, and nothing can be asked of it any more.`,
    );
    this.workflowId = workflowId;
    this.state = state;
  }
}

/** Thrown when an operation does not fit the run's state, such as recovering a run that did not fail. */
export class RunStateError extends HoldfastError {
  static override readonly code: string = "RUN_STATE";
  readonly workflowId: string;
  readonly state: RunState;

  constructor(workflowId: string, state: RunState, problem: string) {
    super(`Run "${workflowId}" is ${state}: ${problem}`);
    this.workflowId = workflowId;
    this.state = state;
  }
}

/** Thrown by `result()` when the run was cancelled. */
export class RunCancelledError extends HoldfastError {
  static override readonly code: string = "RUN_CANCELLED";
  readonly workflowId: string;

  constructor(workflowId: string) {
    super(`Run "${workflowId}" was cancelled.`);
    this.workflowId = workflowId;
  }
}

/** Thrown by `result()` when the run is paused and the caller does not want to wait; `cause` is the reason's error. */
export class RunPausedError extends HoldfastError {
  static override readonly code: string = "RUN_PAUSED";
  readonly workflowId: string;
  readonly reason: PauseReason;

  constructor(workflowId: string, reason: PauseReason, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? ` ${options.cause.message}` : "";
    const remedy =
      reason === "operator" ? "resume() continues it." : "resume() continues it once the cause is gone.";
    super(`Run "${workflowId}" is paused (${reason}); ${remedy}${why}`, options);
    this.workflowId = workflowId;
    this.reason = reason;
  }
}

/** The reason of the abort signals of a run that stops running here; nothing is lost. */
export class RunEvictedError extends HoldfastError {
  static override readonly code: string = "RUN_EVICTED";

  constructor(workflowId: string) {
    super(`Run "${workflowId}" stops running in this process; it goes on later or elsewhere.`);
  }
}

/** The reason of the abort signals of a branch that lost its race or whose map missed its policy. */
export class BranchAbandonedError extends HoldfastError {
  static override readonly code: string = "BRANCH_ABANDONED";
}

/** Thrown when a run exists with this id, but another definition or input. */
export class WorkflowConflictError extends HoldfastError {
  static override readonly code: string = "WORKFLOW_CONFLICT";
  readonly workflowId: string;

  constructor(workflowId: string, details: { existing: string; asked: string }) {
    super(
      `Run "${workflowId}" exists already: ${details.existing}; asked for: ${details.asked}. Use another workflow id, or the existing run.`,
    );
    this.workflowId = workflowId;
  }
}

/** Thrown when a host is asked for a workflow that it was not given. */
export class WorkflowNotRegisteredError extends HoldfastError {
  static override readonly code: string = "WORKFLOW_NOT_REGISTERED";

  constructor(workflowName: string, known: readonly string[]) {
    super(
      `This host does not know a workflow "${workflowName}" (it knows ${known.map((n) => `"${n}"`).join(", ") || "none"}). Pass it in createHost({ workflows }).`,
    );
  }
}

/** Thrown when a message is refused because the run's queue is full. */
export class QueueFullError extends HoldfastError {
  static override readonly code: string = "QUEUE_FULL";
  readonly workflowId: string;

  constructor(workflowId: string, queued: number, maximum: number) {
    super(
      `The queue of run "${workflowId}" is full: ${queued} messages, at most ${maximum} (limit "queuedMessages"). Send again when the run has taken some, or raise the limit.`,
    );
    this.workflowId = workflowId;
  }
}

/**
 * Thrown when a request's answer did not come in time. The message stays queued and may still be answered. Whoever has given it a
 * `messageId` may ask again with that: a generated one is forgotten when the message is received.
 */
export class RequestTimeoutError extends HoldfastError {
  static override readonly code: string = "REQUEST_TIMEOUT";
  readonly messageId: string;

  constructor(
    workflowId: string,
    name: string,
    message: { readonly id: string; readonly remember: boolean },
    timeoutMs: number,
  ) {
    const advice = message.remember
      ? `ask again with messageId ${JSON.stringify(message.id)} to wait for the same answer`
      : "give requests a messageId of your own to be able to ask for the same answer again";
    super(
      `Run "${workflowId}" did not answer "${name}" within ${formatMs(timeoutMs)}. The message stays queued; ${advice}.`,
    );
    this.messageId = message.id;
  }
}
