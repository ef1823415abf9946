import {
  RollbackCheckpointError as Checkpoint,
  ContextMisuseError,
  CriticalError as Critical,
  HistoryDivergedError as Diverged,
  DuplicateNameError,
  StepExhaustedError as Exhausted,
  FailureUnawaitedError,
  HoldfastError,
  EntryInProgressError as InProgress,
  JoinError as Join,
  MessageUnansweredError,
  RaceError as Race,
  RollbackError as Rollback,
  RollbackFailedError,
  StorageError,
  StepTimeoutError as Timeout,
} from "holdfast";
import {
  CriticalError,
  EntryInProgressError,
  HistoryDivergedError,
  JoinError,
  RaceError,
  RollbackCheckpointError,
  RollbackError,
  StepExhaustedError,
  StepTimeoutError,
} from "./classes.ts";
import { errorLabel } from "./error-info.ts";

/**
 * Owns: which of RivetKit's errors stands for which of Holdfast's. The one that is translated stays as `cause`: by it the
 * engine knows which operation an error came from.
 */

/** What a user's error says to the engine when a step throws it. */
export function engineError(error: unknown): unknown {
  if (isThrown(error, "CriticalError")) return new Critical((error as Error).message, { cause: error });
  if (isThrown(error, "RollbackError")) return new Rollback((error as Error).message, { cause: error });
  return error;
}

/** An error of the engine as RivetKit's code knows it; others as they are. */
export function hostedError(error: unknown): unknown {
  if (Critical.is(error) || Rollback.is(error)) return thrownInStep(error);
  if (Exhausted.is(error)) return exhausted(error);
  if (Timeout.is(error)) return timedOut(error);
  if (Join.is(error)) return joinError(error);
  if (Race.is(error)) return raceError(error);
  if (Checkpoint.is(error)) return causedBy(new RollbackCheckpointError(), error);
  if (RollbackFailedError.is(error)) return handlerError(error);
  if (Diverged.is(error)) return causedBy(new HistoryDivergedError(divergence(error)), error);
  if (DuplicateNameError.is(error))
    return causedBy(new HistoryDivergedError(`Duplicate entry name. ${error.message}`), error);
  if (InProgress.is(error) || FailureUnawaitedError.is(error) || ContextMisuseError.is(error))
    return causedBy(new EntryInProgressError(), error);
  if (MessageUnansweredError.is(error)) return causedBy(new Error(UNANSWERED), error);
  if (StorageError.is(error)) return error.cause ?? error;
  return revived(error);
}

function divergence({ location, recorded, asked }: Diverged): string {
  return `The code does not fit the history at "${location}": the history has ${recorded}, the code ${asked}. Nothing new was started; code that fits goes on.`;
}

const UNANSWERED =
  "Previous completable queue message is not completed. Call `message.complete(...)` before receiving the next message.";

/** An error of RivetKit's own that was stored and read again: its class is known by its name. */
function revived(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { stepName, lastError, errors } = error as {
    stepName?: unknown;
    lastError?: unknown;
    errors?: unknown;
  };
  const kept = { cause: error };
  switch (error.name) {
    case "CriticalError":
      return error instanceof CriticalError ? error : new CriticalError(error.message, kept);
    case "RollbackError":
      return error instanceof RollbackError ? error : new RollbackError(error.message, kept);
    case "RollbackCheckpointError":
      return error instanceof RollbackCheckpointError ? error : new RollbackCheckpointError();
    case "HistoryDivergedError":
      return error instanceof HistoryDivergedError ? error : new HistoryDivergedError(error.message, kept);
    case "EntryInProgressError":
      return error instanceof EntryInProgressError
        ? error
        : withMessage(new EntryInProgressError(), error.message);
    case "StepExhaustedError":
      if (error instanceof StepExhaustedError || typeof stepName !== "string") return error;
      return new StepExhaustedError(stepName, lastError as string | undefined, kept);
    case "JoinError":
      if (error instanceof JoinError || typeof errors !== "object") return error;
      return new JoinError(hostedErrors(errors as Record<string, unknown>), kept);
    case "RaceError":
      if (error instanceof RaceError || !Array.isArray(errors)) return error;
      return new RaceError(error.message, errors, kept);
    default:
      return error;
  }
}

function thrownInStep(error: Critical | Rollback): Error {
  const { message, cause: thrown } = error;
  const own = Critical.is(error) ? new CriticalError(message) : new RollbackError(message);
  if (thrown instanceof Error && thrown.stack !== undefined) withStack(own, thrown.stack);
  return causedBy(own, error);
}

function exhausted(error: Exhausted): Error {
  const last = Timeout.is(error.lastError)
    ? new StepTimeoutError(error.lastError.stepName, error.lastError.timeoutMs)
    : error.lastError;
  return new StepExhaustedError(error.stepName, errorLabel(last), { cause: error });
}

function timedOut(error: Timeout): Error {
  const { message } = new StepTimeoutError(error.stepName, error.timeoutMs);
  return causedBy(new CriticalError(message), error);
}

function joinError(error: Join): Error {
  return new JoinError(hostedErrors(error.errors), { cause: error });
}

function hostedErrors(errors: Readonly<Record<string, unknown>>): Record<string, Error> {
  const hosted = Object.entries(errors).map(([name, error]) => [name, asError(hostedError(error))] as const);
  return Object.fromEntries(hosted);
}

function raceError(error: Race): Error {
  const errors = error.errors.map(({ name, error: cause }) => ({
    name,
    error: errorLabel(hostedError(cause)),
  }));
  return new RaceError("All branches failed", errors, { cause: error });
}

/** Why the handler failed: it is given one attempt, so that is the last attempt's error. */
function handlerError(error: RollbackFailedError): unknown {
  const { handlerError: failed } = error;
  return Exhausted.is(failed) ? failed.lastError : hostedError(failed);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Whether a user threw it: an error of one of RivetKit's classes, also of another copy of this package. */
function isThrown(error: unknown, name: "CriticalError" | "RollbackError"): boolean {
  return error instanceof Error && error.name === name && !HoldfastError.is(error);
}

function causedBy<Made extends Error>(made: Made, cause: unknown): Made {
  Object.defineProperty(made, "cause", { value: cause, configurable: true, writable: true });
  return made;
}

function withMessage<Made extends Error>(made: Made, message: string): Made {
  made.message = message;
  return made;
}

function withStack(made: Error, stack: string): void {
  made.stack = stack;
}
