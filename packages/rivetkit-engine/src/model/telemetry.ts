/** How one run of the workflow function ended. */
export type WorkflowOutcome = "completed" | "sleeping" | "evicted" | "failed" | "cancelled";

/** How an attempt at a step ended: `retry` will be tried again, `failed` will not. */
export type WorkflowStepOutcome = "ok" | "retry" | "failed";

/** One attempt at a step that is traced. */
export interface WorkflowStepSpan {
  /** Runs `body` as part of this attempt. */
  run<T>(body: () => Promise<T>): Promise<T>;
  /** `error` is what the step threw. */
  finish(outcome: WorkflowStepOutcome, error?: unknown): void;
}

/** One run of the workflow function that is traced. */
export interface WorkflowSpan {
  /** Runs `body` as part of this run. */
  run<T>(body: () => Promise<T>): Promise<T>;
  /** Undefined when the attempt is not traced. */
  startStep(name: string, attempt: number): WorkflowStepSpan | undefined;
  finish(outcome: WorkflowOutcome): Promise<void>;
}

/** Is told of runs and attempts. A step that is replayed is no attempt. */
export interface WorkflowTelemetryDriver {
  startSpan(): Promise<WorkflowSpan>;
}
