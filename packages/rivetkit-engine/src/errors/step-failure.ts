import {
  ContextMisuseError,
  DuplicateNameError,
  StepExhaustedError as Exhausted,
  InvalidArgumentError,
  RollbackError as Rollback,
  RollbackCheckpointError,
  StepTimeoutError as Timeout,
} from "holdfast";
import type { TryStepCatchKind } from "../model/context.ts";
import { StepTimeoutError } from "./classes.ts";
import { hostedError } from "./translate.ts";

/** Why a step failed for good, in the words of `tryStep`. */
export function stepFailureKind(error: unknown): TryStepCatchKind {
  if (Exhausted.is(error)) return "exhausted";
  if (Timeout.is(error)) return "timeout";
  return Rollback.is(error) ? "rollback" : "critical";
}

/** What the last attempt failed with. */
export function lastErrorOf(error: unknown): unknown {
  if (Exhausted.is(error)) return lastErrorOf(error.lastError);
  if (Timeout.is(error)) return new StepTimeoutError(error.stepName, error.timeoutMs);
  return hostedError(error);
}

const MISUSE = [RollbackCheckpointError, DuplicateNameError, ContextMisuseError, InvalidArgumentError];

/** Whether a step failed, and was not merely asked for in a wrong way. */
export function isStepFailure(error: unknown): boolean {
  return !MISUSE.some((misuse) => misuse.is(error));
}
