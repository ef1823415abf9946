import {
  ContextMisuseError,
  DuplicateNameError,
  InvalidArgumentError,
  LimitError,
  NondeterminismError,
  UnserializableValueError,
  UnsupportedRuntimeError,
  ValidationError,
} from "./argument-errors.ts";
import { JoinError, MapError, MessageUnansweredError, QueueTimeoutError, RaceError } from "./block-errors.ts";
import {
  CorruptionError,
  CrashLoopError,
  EntryInProgressError,
  FailureUnawaitedError,
  HistoryDivergedError,
} from "./history-errors.ts";
import { type ErrorClass, HoldfastError } from "./holdfast-error.ts";
import {
  BranchAbandonedError,
  QueueFullError,
  RequestTimeoutError,
  RunCancelledError,
  RunEvictedError,
  RunFinishedError,
  RunNotFoundError,
  RunPausedError,
  RunStateError,
  WorkflowConflictError,
  WorkflowNotRegisteredError,
} from "./run-errors.ts";
import {
  CriticalError,
  RetryAfterError,
  RollbackCheckpointError,
  RollbackError,
  RollbackFailedError,
  StepExhaustedError,
  StepInterruptedError,
  StepTimeoutError,
} from "./step-errors.ts";
import { FencedError, MessageRefusedError, StorageError, StoreClosedError } from "./storage-errors.ts";

/** Every class of the library's errors: what a stored failure is revived as. */
const CLASSES: readonly ErrorClass[] = [
  HoldfastError,
  InvalidArgumentError,
  LimitError,
  ValidationError,
  UnserializableValueError,
  ContextMisuseError,
  DuplicateNameError,
  NondeterminismError,
  UnsupportedRuntimeError,
  JoinError,
  RaceError,
  MapError,
  QueueTimeoutError,
  MessageUnansweredError,
  HistoryDivergedError,
  EntryInProgressError,
  FailureUnawaitedError,
  CorruptionError,
  CrashLoopError,
  RunNotFoundError,
  RunFinishedError,
  RunStateError,
  RunCancelledError,
  RunPausedError,
  RunEvictedError,
  BranchAbandonedError,
  WorkflowConflictError,
  WorkflowNotRegisteredError,
  QueueFullError,
  RequestTimeoutError,
  StepExhaustedError,
  StepTimeoutError,
  StepInterruptedError,
  CriticalError,
  RollbackError,
  RetryAfterError,
  RollbackCheckpointError,
  RollbackFailedError,
  FencedError,
  StorageError,
  StoreClosedError,
  MessageRefusedError,
];

const byCode: ReadonlyMap<string, ErrorClass> = new Map(
  CLASSES.map((errorClass) => [errorClass.code, errorClass]),
);

/** The class with this code, or undefined for a code of the user's own. */
export function errorClassOf(code: string): ErrorClass | undefined {
  return byCode.get(code);
}
