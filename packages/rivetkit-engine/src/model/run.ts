import type { WorkflowContextInterface } from "./context.ts";
import type { WorkflowErrorHandler } from "./events.ts";
import type { WorkflowHistorySnapshot, WorkflowState } from "./history.ts";

/** A method of a logger: pino's own shape. */
export type LogMethod = (details: object, message?: string) => void;

/** Any logger with pino's methods. */
export interface WorkflowLogger {
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
}

/** `yield`: the result settles when the run parks. `live`: a parked run waits in memory and goes on in place. */
export type WorkflowRunMode = "yield" | "live";

export interface RunWorkflowOptions {
  /** @default "yield" */
  mode?: WorkflowRunMode;
  logger?: WorkflowLogger;
  /** Called with a snapshot after each write of the history. */
  onHistoryUpdated?: (history: WorkflowHistorySnapshot) => void;
  onError?: WorkflowErrorHandler;
}

export type WorkflowFunction<TInput = unknown, TOutput = unknown> = (
  ctx: WorkflowContextInterface,
  input: TInput,
) => Promise<TOutput>;

/** How a run stood when it stopped here. */
export interface WorkflowResult<TOutput = unknown> {
  state: WorkflowState;
  output?: TOutput;
  /** When it is due, in milliseconds since the epoch. */
  sleepUntil?: number;
  waitingForMessages?: string[];
}

/** Controls a run that `runWorkflow` has started. */
export interface WorkflowHandle<TOutput = unknown> {
  readonly workflowId: string;
  /** Resolves when the run has completed, parked (yield mode) or stopped here; rejects when it has failed. */
  readonly result: Promise<WorkflowResult<TOutput>>;
  /** Queues a message for the run. */
  message(name: string, data: unknown): Promise<void>;
  /** Sets the run's alarm for now. */
  wake(): Promise<void>;
  /** Gives a failed run its retries back and sets its alarm for now. */
  recover(): Promise<void>;
  /** Stops the run here; a step that runs is let end. */
  evict(): void;
  /** Ends the run for good. */
  cancel(): Promise<void>;
  getOutput(): Promise<TOutput | undefined>;
  getState(): Promise<WorkflowState>;
}
