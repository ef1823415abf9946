import type { WorkflowError } from "./history.ts";

/** A step's attempt has failed. */
export interface WorkflowStepErrorEvent {
  workflowId: string;
  stepName: string;
  attempt: number;
  maxRetries: number;
  remainingRetries: number;
  willRetry: boolean;
  /** Milliseconds until the next attempt. */
  retryDelay?: number;
  /** When the next attempt is due, in milliseconds since the epoch. */
  retryAt?: number;
  error: WorkflowError;
}

/** A rollback handler has failed. */
export interface WorkflowRollbackErrorEvent {
  workflowId: string;
  stepName: string;
  error: WorkflowError;
}

/** The workflow has failed by an error that no step was reported with. */
export interface WorkflowRunErrorEvent {
  workflowId: string;
  error: WorkflowError;
}

export type WorkflowErrorEvent =
  | { step: WorkflowStepErrorEvent }
  | { rollback: WorkflowRollbackErrorEvent }
  | { workflow: WorkflowRunErrorEvent };

export type WorkflowErrorHandler = (event: WorkflowErrorEvent) => void | Promise<void>;
