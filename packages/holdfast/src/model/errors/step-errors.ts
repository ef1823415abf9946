import { type Duration, durationMs, instantMs } from "../duration.ts";
import { formatMs } from "./amounts.ts";
import { messageOf } from "./describe-error.ts";
import { HoldfastError } from "./holdfast-error.ts";

/** Thrown when a step failed on every attempt it was allowed; `cause` is the last attempt's error. */
export class StepExhaustedError extends HoldfastError {
  static override readonly code: string = "STEP_EXHAUSTED";
  readonly stepName: string;
  readonly attempts: number;

  constructor(stepName: string, attempts: number, options?: ErrorOptions) {
    const last = options !== undefined && "cause" in options ? `: ${messageOf(options.cause)}` : "";
    super(`Step "${stepName}" failed after ${attempts} attempt${attempts === 1 ? "" : "s"}${last}`, options);
    this.stepName = stepName;
    this.attempts = attempts;
  }

  /** The last attempt's error; the same as `cause`. */
  get lastError(): unknown {
    return this.cause;
  }
}

/** Thrown when a step body did not settle within its `timeout` or `heartbeatTimeout`. */
export class StepTimeoutError extends HoldfastError {
  static override readonly code: string = "STEP_TIMEOUT";
  readonly stepName: string;
  readonly timeoutMs: number;

  constructor(stepName: string, timeoutMs: number, which: "timeout" | "heartbeatTimeout" = "timeout") {
    const told = which === "timeout" ? "did not settle" : "sent no heartbeat";
    super(
      `Step "${stepName}" ${told} within its ${which} of ${formatMs(timeoutMs)}. Raise ${which}, pass the step's signal to the calls it makes, or set retryOnTimeout.`,
    );
    this.stepName = stepName;
    this.timeoutMs = timeoutMs;
  }
}

/** Thrown when the process died while an at-most-once step ran: whether its effect happened is not known. */
export class StepInterruptedError extends HoldfastError {
  static override readonly code: string = "STEP_INTERRUPTED";
  readonly stepName: string;

  constructor(stepName: string) {
    super(
      `Step "${stepName}" was interrupted and is delivered at most once, so it does not run again. Find out whether its effect happened and decide in the workflow.`,
    );
    this.stepName = stepName;
  }
}

/** Throw it in a step to fail the step at once, without retries. */
export class CriticalError extends HoldfastError {
  static override readonly code: string = "CRITICAL";
}

/** Throw it in a step to fail it at once, without retries: the workflow rolls back, unless its code catches the error. */
export class RollbackError extends HoldfastError {
  static override readonly code: string = "ROLLBACK";
}

/** Throw it in a step to be retried after a delay of the step's own choosing. */
export class RetryAfterError extends HoldfastError {
  static override readonly code: string = "RETRY_AFTER";
  /** Milliseconds, a duration string, or the instant of the retry. */
  readonly retryAfter: Duration | Date;

  /** @throws InvalidArgumentError when it is neither a duration nor a valid instant. */
  constructor(retryAfter: Duration | Date, message = "retry later", options?: ErrorOptions) {
    if (retryAfter instanceof Date) instantMs(retryAfter, "RetryAfterError: retryAfter");
    else durationMs(retryAfter, "RetryAfterError: retryAfter");
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** Thrown when a `rollback` handler is given before any rollback checkpoint. */
export class RollbackCheckpointError extends HoldfastError {
  static override readonly code: string = "ROLLBACK_CHECKPOINT";

  constructor(stepName: string) {
    super(
      `Step "${stepName}" has a rollback handler, but no rollback checkpoint was set. Call ctx.rollbackCheckpoint(name) first: handlers are armed from there on.`,
    );
  }
}

/** The error of a run whose rollback could not be finished: `cause` is why it rolled back. `recover()` continues it. */
export class RollbackFailedError extends HoldfastError {
  static override readonly code: string = "ROLLBACK_FAILED";
  readonly stepName: string;
  /** Why the handler failed for good. */
  readonly handlerError: unknown;

  constructor(stepName: string, handlerError: unknown, options?: ErrorOptions) {
    super(
      `The rollback handler of step "${stepName}" failed for good: ${messageOf(handlerError)}. Steps committed before it are not compensated yet; mend the handler and call recover().`,
      options,
    );
    this.stepName = stepName;
    this.handlerError = handlerError;
  }
}
