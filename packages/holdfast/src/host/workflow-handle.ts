import type { CancelOutcome } from "../engine/outcome.ts";
import type { RequestOptions, SendOptions } from "../engine/run-handle.ts";
import type { MessageBodies } from "../model/message.ts";
import type { RunState } from "../model/run.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";
import type { ResultOptions } from "./run-result.ts";

/**
 * Controls one run of a store, wherever it is run. Every method reads or writes the store; all of them reject with
 * `RunNotFoundError` when there is no such run (but `getState`, which says null), and with `StorageError` when the
 * storage fails. A wait for something of the run ends with `RunEvictedError` when the host is stopped.
 */
export interface WorkflowHandle<Output = unknown, Bodies extends MessageBodies = MessageBodies> {
  readonly workflowId: string;
  /**
   * Waits for the end of the run and gives its output. A paused run is waited for.
   * @throws the workflow's own error when it failed; RunCancelledError; RunPausedError when asked not to wait for a
   * paused run; RunStateError when it has not ended and was not to be waited for, or not any longer
   */
  result(options?: ResultOptions): Promise<Output>;
  /**
   * Sends a message; resolves when it is durable.
   * @throws QueueFullError, RunFinishedError, ValidationError, UnserializableValueError, LimitError,
   * InvalidArgumentError
   */
  send<Name extends keyof Bodies & string>(
    name: Name,
    body?: Bodies[Name],
    options?: SendOptions,
  ): Promise<void>;
  /** The same as `send`. */
  message<Name extends keyof Bodies & string>(
    name: Name,
    body?: Bodies[Name],
    options?: SendOptions,
  ): Promise<void>;
  /**
   * Sends a completable message and waits for its answer. Asking again with the same `messageId` sends nothing new and
   * waits for the same answer.
   * @throws RequestTimeoutError; RunFinishedError when the run ended without an answer; what `send` throws
   */
  request<Name extends keyof Bodies & string>(
    name: Name,
    body?: Bodies[Name],
    options?: RequestOptions,
  ): Promise<unknown>;
  /** Has the run look again at once at what it waits for. No timer fires before its deadline. @throws RunFinishedError */
  wake(): Promise<void>;
  /**
   * Stops the run in this process; nothing is lost, and a host (this one too) goes on with it. A client runs nothing, so
   * it has nothing to stop.
   */
  evict(): Promise<void>;
  /**
   * Ends the run for good; with `compensate` its rollback handlers run first. Tells who won. A step that runs in this
   * process is told by its signal at once, one in another process when its host renews the lease.
   */
  cancel(options?: { readonly compensate?: boolean }): Promise<CancelOutcome>;
  /** Gives a failed run another chance. @throws RunStateError */
  recover(): Promise<void>;
  /** Holds the run; resolves when its running steps have ended and it is paused. @throws RunFinishedError */
  pause(): Promise<void>;
  /**
   * Lets a paused run go on; changes nothing of one that is not paused. A pause that was asked for and has not come yet
   * is waited for first. @throws RunFinishedError
   */
  resume(): Promise<void>;
  /**
   * Takes the run back to just before an entry, from whoever runs it, and lets it go on from there.
   * @throws InvalidArgumentError, RunStateError
   */
  rewind(options: { readonly to: string }): Promise<void>;
  /**
   * Copies the run as it stood just before an entry to a new run of this store, which goes on from there.
   * @throws WorkflowConflictError when the new id is taken; InvalidArgumentError, RunStateError, LimitError
   */
  fork(options: {
    readonly from: string;
    readonly workflowId: string;
  }): Promise<WorkflowHandle<Output, Bodies>>;
  /** As of the last commit, but `running` for a run that is in work now; null when there is no such run. */
  getState(): Promise<RunState | null>;
  /** Undefined unless the run completed. */
  getOutput(): Promise<Output | undefined>;
  /** Undefined unless the run failed. */
  getError(): Promise<unknown>;
  /** What is recorded, as of the last commit. */
  history(): Promise<HistorySnapshot>;
  /** A snapshot now and after each commit that is seen, until the run ends or the loop is left. */
  watch(): AsyncIterable<HistorySnapshot>;
}
