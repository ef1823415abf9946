// Defining workflows, and what their functions are given.

export { abortable } from "./model/abortable.ts";
export * from "./model/context.ts";
export type { Duration, Instant } from "./model/duration.ts";
export type { LoopBreak, LoopContinue, LoopDecision, LoopOptions, LoopValue } from "./model/loop.ts";
export { DEFAULT_LOOP_HISTORY_SIZE, DEFAULT_LOOP_PRUNE_INTERVAL, Loop } from "./model/loop.ts";
export type * from "./model/message.ts";
export type * from "./model/queue.ts";
export * from "./model/retry-options.ts";
export type { Schema } from "./model/schema.ts";
export * from "./model/step-options.ts";
export type { AnyWorkflow, Workflow, WorkflowDefinition, WorkflowFunction } from "./model/workflow.ts";
export { defineWorkflow } from "./model/workflow.ts";

// Running them: a host for a store, a client for processes that run none, the engine alone on a driver.

export type {
  RequestOptions,
  RunControls,
  RunHandle,
  RunResult,
  SendOptions,
} from "./engine/live/run-handle.ts";
export type { CancelOutcome } from "./engine/pass/outcome.ts";
export type { Client, ListOptions, StartArguments, StartOptions } from "./host/client.ts";
export { createClient } from "./host/create-client.ts";
export { createHost, type Host } from "./host/create-host.ts";
export * from "./host/host-options.ts";
export type { ResultOptions } from "./host/result-options.ts";
export type { WorkflowHandle } from "./host/workflow-handle.ts";
export type { PauseReason, RunState, TerminalState } from "./model/run.ts";
export type { EngineOptions } from "./system/engine-options.ts";
export { type RunWorkflowOptions, runWorkflow } from "./system/run-workflow.ts";

// Every error: each has a stable code, and a static is() that knows it across copies of the library.

export * from "./model/errors/argument-errors.ts";
export * from "./model/errors/block-errors.ts";
export * from "./model/errors/history-errors.ts";
export { type ErrorClass, HoldfastError } from "./model/errors/holdfast-error.ts";
export * from "./model/errors/run-errors.ts";
export * from "./model/errors/step-errors.ts";
export * from "./model/errors/storage-errors.ts";

// What is bounded, what comes in from outside, and what is told.

export { defaultCodec, type PayloadCodec, type SyncPayloadCodec } from "./history/payload.ts";
export type { Clock, RandomSource, Scheduler } from "./model/clock.ts";
export type * from "./model/events.ts";
export { DEFAULT_LIMITS, type Limits, MAX_DURATION_MS } from "./model/limits.ts";
export type { Logger, LogMethod } from "./model/logger.ts";
export type * from "./model/snapshot.ts";

// Writing a driver or a store: the ports, and a driver for any ordered key-value namespace.

export { type KVDriver, type KVDriverOptions, kvDriver } from "./drivers/kv/kv-driver.ts";
export type { KVChange, OrderedKV } from "./drivers/kv/ordered-kv.ts";
export { DEFAULT_DRIVER_LIMITS } from "./storage/batch-limits.ts";
export type * from "./storage/driver.ts";
export type * from "./storage/records.ts";
export type * from "./storage/store.ts";
