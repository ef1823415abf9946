import type { Duration } from "./duration.ts";
import type { LogMethod } from "./logger.ts";
import type { RetryOptions } from "./retry-options.ts";
import type { Schema } from "./schema.ts";

/** Milliseconds that an attempt of a step may take. */
export const DEFAULT_STEP_TIMEOUT_MS = 30_000;

/** What a step body is given. */
export interface StepContext {
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /**
   * The same for every attempt of this step of this run: give it to services that take idempotency keys. It is the
   * workflow id (escaped like names in entry ids), a slash, and the entry's id in history snapshots; of a rollback
   * handler with `/rollback` behind it.
   */
  readonly idempotencyKey: string;
  /** Aborted with a reason on timeout, eviction, cancel, lost race and lost claim: pass it to `fetch` and the like. */
  readonly signal: AbortSignal;
  /** The error of the attempt before; undefined on the first. */
  readonly lastError: unknown;
  /** The details of the last heartbeat of the attempt before; undefined when there were none. */
  readonly lastHeartbeat: unknown;
  /** Keeps a step with a `heartbeatTimeout` alive; the last details come to the next attempt as `lastHeartbeat`. */
  heartbeat(details?: unknown): void;
  /** Writes to the host's `logger`. */
  readonly log: Log;
}

/** A logger with the run's and the operation's names already in it. */
export interface Log {
  readonly debug: (message: string, details?: Parameters<LogMethod>[0]) => void;
  readonly info: (message: string, details?: Parameters<LogMethod>[0]) => void;
  readonly warn: (message: string, details?: Parameters<LogMethod>[0]) => void;
  readonly error: (message: string, details?: Parameters<LogMethod>[0]) => void;
}

/** What a rollback handler is given. */
export interface RollbackContext extends Omit<StepContext, "lastHeartbeat" | "heartbeat"> {
  /** The id of the run. */
  readonly workflowId: string;
  /** Why the workflow rolls back: the error that it failed with. */
  readonly error: unknown;
}

/** Undoes a committed step; `result` is what the step returned. It is retried like a step, and may run again after a crash. */
export type RollbackHandler<Result> = (ctx: RollbackContext, result: Result) => unknown;

/** A rollback handler with its own retry policy and timeout. */
export interface RollbackOptions<Result> extends RetryOptions {
  readonly run: RollbackHandler<Result>;
  /** How long one attempt may take; 0: for ever. One that takes longer is retried like other failures. @default 30 s */
  readonly timeout?: Duration;
}

/** How a step is run. Waits and timeouts are milliseconds or strings such as `"10s"`. */
export interface StepOptions<Result> extends RetryOptions {
  /**
   * How long one attempt may take; 0: for ever. When it has passed, `signal` is aborted and the step fails with
   * `StepTimeoutError`, without a retry unless `retryOnTimeout` is set. @default 30 s
   */
  readonly timeout?: Duration;
  /** The longest silence between two calls of `heartbeat` (`StepTimeoutError`); 0: any. @default 0 */
  readonly heartbeatTimeout?: Duration;
  /** Whether a timeout is retried like other failures. @default false */
  readonly retryOnTimeout?: boolean;
  /**
   * The result alone does not force a commit before the next step: after a crash the body may run again. For cheap
   * reads. @default false
   */
  readonly ephemeral?: boolean;
  /**
   * `"at-most-once"`: the start is committed before the body; after a crash in between the step fails with
   * `StepInterruptedError` instead of running again. @default "at-least-once"
   */
  readonly delivery?: "at-least-once" | "at-most-once";
  /**
   * Undoes this step when the workflow fails after a rollback checkpoint. Without a checkpoint before the step:
   * `RollbackCheckpointError`. @default nothing is undone
   */
  readonly rollback?: RollbackHandler<Result> | RollbackOptions<Result>;
  /**
   * Checks, and may transform, the result before it is stored; a result that does not fit fails the step at once, with
   * `ValidationError`. @default any plain data is taken
   */
  readonly output?: Schema<unknown, Result>;
}

/** The body of a step. */
export type StepBody<Result> = (step: StepContext) => Result | Promise<Result>;

/** A step as one object. */
export interface StepConfig<Result> extends StepOptions<Result> {
  readonly name: string;
  readonly run: StepBody<Result>;
}

/**
 * Why a step failed for good, as `tryStep` tells it: `critical` by a `CriticalError` or `retryIf`, `timeout`, `exhausted`
 * after all retries, `rollback` by a `RollbackError`.
 */
export type StepFailureKind = "critical" | "timeout" | "exhausted" | "rollback";

/** Why a block failed, as `try` tells it. */
export type BlockFailureKind = "step" | "join" | "race" | "rollback";

/** A failure as data. */
export interface Failure<Kind extends string> {
  readonly kind: Kind;
  /** What would have been thrown. */
  readonly error: Error;
}

/** A result or a failure, as data. */
export type TryResult<Value, Kind extends string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure<Kind> };

/** A step of `tryStep` as one object. */
export interface TryStepConfig<Result> extends StepConfig<Result> {
  /** The failures that come back as data; others throw. @default critical, timeout, exhausted */
  readonly catch?: readonly StepFailureKind[];
}

/** Options of `tryStep`. */
export interface TryStepOptions<Result> extends StepOptions<Result> {
  /** As in `TryStepConfig`. */
  readonly catch?: readonly StepFailureKind[];
}

/** Options of `try`. */
export interface TryOptions {
  /** The failures that come back as data; others throw. @default step, join, race */
  readonly catch?: readonly BlockFailureKind[];
}
