/** Throw it in a step to fail the step at once, without retries. */
export class CriticalError extends Error {
  override readonly name = "CriticalError";
}

/** Throw it in a step to fail the workflow at once and roll it back. */
export class RollbackError extends Error {
  override readonly name = "RollbackError";
}

/** Thrown when a step has a rollback handler and no checkpoint was set before. */
export class RollbackCheckpointError extends Error {
  override readonly name = "RollbackCheckpointError";

  constructor() {
    super("Rollback requires a checkpoint before any rollback step");
  }
}

/** A run that waits for its time. Never thrown into workflow code here. */
export class SleepError extends Error {
  override readonly name = "SleepError";
  readonly deadline: number;
  readonly messageNames?: string[] | undefined;

  constructor(deadline: number, messageNames?: string[]) {
    const messages = messageNames === undefined ? "" : ` or messages: ${messageNames.join(", ")}`;
    super(`Sleeping until ${deadline}${messages}`);
    this.deadline = deadline;
    this.messageNames = messageNames;
  }
}

/** A run that waits for messages. Never thrown into workflow code here. */
export class MessageWaitError extends Error {
  override readonly name = "MessageWaitError";
  readonly messageNames: string[];

  constructor(messageNames: string[]) {
    super(`Waiting for messages: ${messageNames.join(", ")}`);
    this.messageNames = messageNames;
  }
}

/** What a run rejects with that was cancelled before. */
export class EvictedError extends Error {
  override readonly name = "EvictedError";

  constructor() {
    super("Workflow evicted");
  }
}

/** Thrown when the code does not fit the recorded history. */
export class HistoryDivergedError extends Error {
  override readonly name = "HistoryDivergedError";
}

/** Thrown when a step failed on every attempt it was allowed. */
export class StepExhaustedError extends Error {
  override readonly name = "StepExhaustedError";
  readonly stepName: string;
  /** The last attempt's error, as `Name: message`. */
  readonly lastError?: string | undefined;

  constructor(stepName: string, lastError?: string, options?: ErrorOptions) {
    super(`Step "${stepName}" exhausted retries: ${lastError ?? "unknown error"}`, options);
    this.stepName = stepName;
    this.lastError = lastError;
  }
}

/** An attempt that will be retried. Never thrown into workflow code here. */
export class StepFailedError extends Error {
  override readonly name = "StepFailedError";
  readonly stepName: string;
  readonly originalError: unknown;
  readonly attempts: number;
  readonly retryAt: number;

  constructor(stepName: string, originalError: unknown, attempts: number, retryAt: number) {
    super(`Step "${stepName}" failed (attempt ${attempts})`, { cause: originalError });
    this.stepName = stepName;
    this.originalError = originalError;
    this.attempts = attempts;
    this.retryAt = retryAt;
  }
}

/** Thrown when branches of a join failed, after all have settled. */
export class JoinError extends Error {
  override readonly name = "JoinError";
  readonly errors: Record<string, Error>;

  constructor(errors: Record<string, Error>, options?: ErrorOptions) {
    super(`Join failed: ${Object.keys(errors).join(", ")}`, options);
    this.errors = errors;
  }
}

/** Thrown when every branch of a race failed. */
export class RaceError extends Error {
  override readonly name = "RaceError";
  /** The branches' errors, each as `Name: message`. */
  readonly errors: Array<{ name: string; error: string }>;

  constructor(message: string, errors: Array<{ name: string; error: string }>, options?: ErrorOptions) {
    super(message, options);
    this.errors = errors;
  }
}

/** The reason of a branch that lost its race. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";

  constructor() {
    super("Branch cancelled");
  }
}

/** Thrown when an operation is started while another of its scope is not awaited yet. */
export class EntryInProgressError extends Error {
  override readonly name = "EntryInProgressError";

  constructor() {
    super(
      "Cannot start a new workflow entry while another is in progress. Did you forget to await the previous step/loop/sleep?",
    );
  }
}

/** A step's timeout, as `onError` and failures as data name it; workflow code is given a `CriticalError`. */
export class StepTimeoutError extends Error {
  override readonly name = "StepTimeoutError";
  readonly stepName: string;
  readonly timeoutMs: number;

  constructor(stepName: string, timeoutMs: number) {
    super(`Step "${stepName}" timed out after ${timeoutMs}ms`);
    this.stepName = stepName;
    this.timeoutMs = timeoutMs;
  }
}
