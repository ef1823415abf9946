import type { EntryKindType, WorkflowError } from "./history.ts";
import type { WorkflowQueue } from "./queue.ts";

/** What a rollback handler is given. */
export interface RollbackContextInterface {
  readonly workflowId: string;
  readonly abortSignal: AbortSignal;
  isEvicted(): boolean;
}

export interface StepConfig<T> {
  name: string;
  run: () => Promise<T>;
  /** Undoes the step when the workflow fails after a rollback checkpoint. */
  rollback?: (ctx: RollbackContextInterface, output: T) => Promise<void>;
  /** The result alone forces no write before the next step. @default false */
  ephemeral?: boolean;
  /** @default 3 */
  maxRetries?: number;
  /** Milliseconds. The first retry comes after twice this time. @default 100 */
  retryBackoffBase?: number;
  /** Milliseconds. @default 30000 */
  retryBackoffMax?: number;
  /** Milliseconds per attempt; 0: none. @default 30000 */
  timeout?: number;
  /** Whether a timeout is retried like other failures. @default false */
  retryOnTimeout?: boolean;
}

export type TryStepCatchKind = "critical" | "timeout" | "exhausted" | "rollback";

export interface TryStepFailure {
  kind: TryStepCatchKind;
  stepName: string;
  attempts: number;
  error: WorkflowError;
}

export type TryStepResult<T> = { ok: true; value: T } | { ok: false; failure: TryStepFailure };

export interface TryStepConfig<T> extends StepConfig<T> {
  /** Failures that come back as data; others throw. @default critical, timeout, exhausted */
  catch?: readonly TryStepCatchKind[];
}

export type TryBlockCatchKind = "step" | "join" | "race" | "rollback";

export interface TryBlockFailure {
  source: "step" | "join" | "race" | "block";
  name: string;
  error: WorkflowError;
  step?: TryStepFailure;
}

export type TryBlockResult<T> = { ok: true; value: T } | { ok: false; failure: TryBlockFailure };

export interface TryBlockConfig<T> {
  name: string;
  run: (ctx: WorkflowContextInterface) => Promise<T>;
  /** Failures that come back as data; others throw. @default step, join, race */
  catch?: readonly TryBlockCatchKind[];
}

/** What an iteration decides. */
export type LoopResult<S, T> = { continue: true; state: S } | { break: true; value: T };

/** Returning nothing continues a loop without state. */
export type LoopIterationResult<S, T> = Promise<LoopResult<S, T> | (S extends undefined ? undefined : never)>;

export interface LoopConfig<S, T> {
  name: string;
  state?: S;
  run: (ctx: WorkflowContextInterface, state: S) => LoopIterationResult<S, T>;
  /** Iterations between two prunings. @default 20 */
  historyPruneInterval?: number;
  /** Finished iterations whose entries are kept. @default `historyPruneInterval` */
  historySize?: number;
  /** @deprecated Use `historyPruneInterval`. */
  commitInterval?: number;
  /** @deprecated Use `historyPruneInterval`. */
  historyEvery?: number;
  /** @deprecated Use `historySize`. */
  historyKeep?: number;
}

export interface BranchConfig<T> {
  run: (ctx: WorkflowContextInterface) => Promise<T>;
}

export type BranchOutput<T> = T extends BranchConfig<infer O> ? O : never;

/** What a workflow function is given. Each name is used once in its scope; one operation at a time in each scope. */
export interface WorkflowContextInterface {
  readonly workflowId: string;
  readonly abortSignal: AbortSignal;
  readonly queue: WorkflowQueue;
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  step<T>(config: StepConfig<T>): Promise<T>;
  tryStep<T>(name: string, run: () => Promise<T>): Promise<TryStepResult<T>>;
  tryStep<T>(config: TryStepConfig<T>): Promise<TryStepResult<T>>;
  try<T>(name: string, run: (ctx: WorkflowContextInterface) => Promise<T>): Promise<TryBlockResult<T>>;
  try<T>(config: TryBlockConfig<T>): Promise<TryBlockResult<T>>;
  loop<T>(
    name: string,
    run: (ctx: WorkflowContextInterface) => LoopIterationResult<undefined, T>,
  ): Promise<T>;
  loop<S, T>(config: LoopConfig<S, T>): Promise<T>;
  sleep(name: string, durationMs: number): Promise<void>;
  sleepUntil(name: string, timestampMs: number): Promise<void>;
  rollbackCheckpoint(name: string): Promise<void>;
  join<T extends Record<string, BranchConfig<unknown>>>(
    name: string,
    branches: T,
  ): Promise<{ [K in keyof T]: BranchOutput<T[K]> }>;
  race<T>(
    name: string,
    branches: Array<{ name: string; run: (ctx: WorkflowContextInterface) => Promise<T> }>,
  ): Promise<{ winner: string; value: T }>;
  removed(name: string, originalType: EntryKindType): Promise<void>;
  getVersion(name: string, latest: number): Promise<number>;
  isEvicted(): boolean;
}
