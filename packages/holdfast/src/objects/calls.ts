import type { RequestOptions, SendOptions } from "../engine/live/run-handle.ts";
import type { CancelOutcome } from "../engine/pass/outcome.ts";
import type { ResultOptions } from "../host/result-options.ts";
import type { BodyArguments } from "../host/workflow-handle.ts";
import type { MessageBodies } from "../model/message.ts";
import type { RunState } from "../model/run.ts";
import type { RunHistory } from "./run-history.ts";

/** What a start came to. */
export interface StartOutcome {
  readonly workflowId: string;
  /** False: the run was there already. */
  readonly created: boolean;
}

/**
 * What can be asked of a run that is an object of its platform. All of it rejects with `RunNotFoundError` where there is
 * no run, but `start`, `getState` (null), `getOutput`, `getError` (undefined) and `delete` (false); and with
 * `StorageError` when the storage fails.
 */
export interface WorkflowCalls<
  Output = unknown,
  Bodies extends MessageBodies = MessageBodies,
  RawInput = unknown,
> {
  /**
   * Starts the run; resolves when that is durable. A second start with the same workflow and input finds the first,
   * whatever has become of it.
   * @throws WorkflowConflictError, ValidationError, UnserializableValueError, LimitError
   */
  start(...input: undefined extends RawInput ? [input?: RawInput] : [input: RawInput]): Promise<StartOutcome>;
  /**
   * Sends a message; resolves when it is durable.
   * @throws QueueFullError, RunFinishedError, ValidationError, UnserializableValueError, LimitError
   */
  send<Name extends keyof Bodies & string>(
    name: Name,
    ...rest: BodyArguments<Bodies[Name], SendOptions>
  ): Promise<void>;
  /**
   * Sends a completable message and waits for its answer. Asked again with the same `messageId` it waits for the same answer.
   * @throws RequestTimeoutError, RunFinishedError, and what `send` throws
   */
  request<Name extends keyof Bodies & string>(
    name: Name,
    ...rest: BodyArguments<Bodies[Name], RequestOptions>
  ): Promise<unknown>;
  /**
   * Waits for the end of the run and gives its output.
   * @throws the workflow's own error, RunCancelledError, RunPausedError, RunStateError
   */
  result(options?: ResultOptions): Promise<Output>;
  /** Has the run look again at once at what it waits for. No timer fires before its deadline. */
  wake(): Promise<void>;
  /** Ends the run for good; with `compensate` its rollback handlers run first. Tells who won. */
  cancel(options?: { readonly compensate?: boolean }): Promise<CancelOutcome>;
  /** Holds the run; resolves when its running steps have ended and it is paused. @throws RunFinishedError */
  pause(): Promise<void>;
  /** Lets a paused run go on. @throws RunFinishedError */
  resume(): Promise<void>;
  /** Gives a failed run another chance. @throws RunStateError */
  recover(): Promise<void>;
  /** Takes the run back to just before an entry, and lets it go on from there. @throws InvalidArgumentError, RunStateError */
  rewind(options: { readonly to: string }): Promise<void>;
  getState(): Promise<RunState | null>;
  /** Undefined unless the run completed. */
  getOutput(): Promise<Output | undefined>;
  /** Why the run failed, or why it is paused; else undefined. */
  getError(): Promise<unknown>;
  /** What is recorded, as of the last commit. */
  history(): Promise<RunHistory>;
  /** Removes the run and all of it, whatever its state; false when there is none. */
  delete(): Promise<boolean>;
}

/** The names of all calls. Their places are their numbers on the wire: append only. */
export const CALLS: readonly (keyof WorkflowCalls)[] = [
  "start",
  "send",
  "request",
  "result",
  "wake",
  "cancel",
  "pause",
  "resume",
  "recover",
  "rewind",
  "getState",
  "getOutput",
  "getError",
  "history",
  "delete",
];
