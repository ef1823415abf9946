import type { RequestOptions, RunControls, SendOptions } from "../engine/live/run-handle.ts";
import type { MessageBodies } from "../model/message.ts";
import type { ResultOptions } from "./result-options.ts";

/** A message's body and options; the body may be left out where it may be undefined. */
export type BodyArguments<Body, Options> = undefined extends Body
  ? [body?: Body, options?: Options]
  : [body: Body, options?: Options];

/**
 * Controls one run of a store, wherever it is run. Every method but `evict` reads or writes the store; they reject with
 * `RunNotFoundError` when there is no such run (but `getState`, which says null), and with `StorageError` when the
 * storage fails. A wait for something of the run ends with `RunEvictedError` when the host is stopped.
 */
export interface WorkflowHandle<Output = unknown, Bodies extends MessageBodies = MessageBodies>
  extends RunControls<Output> {
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
    ...rest: BodyArguments<Bodies[Name], SendOptions>
  ): Promise<void>;
  /** The same as `send`. */
  message<Name extends keyof Bodies & string>(
    name: Name,
    ...rest: BodyArguments<Bodies[Name], SendOptions>
  ): Promise<void>;
  /**
   * Sends a completable message and waits for its answer. Asking again with the same `messageId` sends nothing new and
   * waits for the same answer.
   * @throws RequestTimeoutError; RunFinishedError when the run ended without an answer; what `send` throws
   */
  request<Name extends keyof Bodies & string>(
    name: Name,
    ...rest: BodyArguments<Bodies[Name], RequestOptions>
  ): Promise<unknown>;
  /**
   * Copies the run as it stood just before an entry to a new run of this store, which goes on from there.
   * @throws WorkflowConflictError when the new id is taken; InvalidArgumentError, RunStateError, LimitError
   */
  fork(options: {
    readonly from: string;
    readonly workflowId: string;
  }): Promise<WorkflowHandle<Output, Bodies>>;
}
