// Runs as Durable Objects: their class, and a client that asks them from a worker.

// The driver alone, for an object that runs its workflow itself.
export {
  DEFAULT_WATCH_MS,
  type DurableDriver,
  type DurableDriverOptions,
  durableDriver,
} from "./drivers/cloudflare/durable-driver.ts";
export type { DurableObjects } from "./drivers/cloudflare/durable-objects.ts";
export type { DurableCursor, DurableState, DurableStorage } from "./drivers/cloudflare/durable-state.ts";
export type { StartOutcome, WorkflowCalls } from "./objects/calls.ts";
export { type ObjectClient, objectClient } from "./objects/object-client.ts";
export type { ObjectWorkflowHandle } from "./objects/object-handle.ts";
export type { HistoryEntry, RunHistory } from "./objects/run-history.ts";
export {
  type DurableObjectBase,
  type WorkflowObject,
  type WorkflowObjectClass,
  type WorkflowObjectOptions,
  workflowObject,
} from "./objects/workflow-object.ts";
