// What RivetKit's adapter calls.

export { Loop } from "./loop.ts";
export { replayWorkflowFromStep } from "./run/replay-from-step.ts";
export { runWorkflow } from "./run/run-workflow.ts";

// What workflow code is given, and throws.

export { WorkflowContextImpl } from "./context/context.ts";
export * from "./defaults.ts";
export {
  CancelledError,
  CriticalError,
  EntryInProgressError,
  EvictedError,
  HistoryDivergedError,
  JoinError,
  MessageWaitError,
  RaceError,
  RollbackCheckpointError,
  RollbackError,
  SleepError,
  StepExhaustedError,
  StepFailedError,
} from "./errors/classes.ts";
export { extractErrorInfo } from "./errors/error-info.ts";

// What a host implements, and the shapes that everything has.

export type * from "./model/context.ts";
export type * from "./model/driver.ts";
export type * from "./model/events.ts";
export type * from "./model/history.ts";
export type * from "./model/queue.ts";
export type * from "./model/run.ts";
export type * from "./model/telemetry.ts";

// Locations and histories, for inspectors.

export {
  appendLoopIteration,
  appendName,
  emptyLocation,
  isLocationPrefix,
  isLoopIterationMarker,
  locationsEqual,
  locationToKey,
  parentLocation,
  registerName,
  resolveName,
} from "./location.ts";
export {
  createEntry,
  createHistorySnapshot,
  createStorage,
  generateId,
  getEntry,
  getOrCreateMetadata,
  setEntry,
} from "./storage.ts";
export { deleteEntriesWithPrefix, flush, loadMetadata, loadStorage } from "./storage-door.ts";
