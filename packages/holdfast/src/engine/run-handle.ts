import type { Duration } from "../model/duration.ts";
import type { RunState } from "../model/run.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";
import type { EngineDriver } from "../storage/driver.ts";
import type { CancelOutcome } from "./outcome.ts";

/** How a run stands when `result` of the engine settles. */
export interface RunResult<Output> {
  readonly state: RunState | "evicted";
  /** Of a completed run. */
  readonly output?: Output;
  /** Of a sleeping run: when it is due, in milliseconds since the epoch; absent when no clock wakes it. */
  readonly sleepUntil?: number;
  /** Of a sleeping run: the names of the messages that wake it. */
  readonly waitingForMessages?: readonly string[];
}

export interface SendOptions {
  /** Chosen by the sender: a second send with the same one changes nothing. @default a fresh one */
  readonly messageId?: string;
  /** The message is dropped, and observers are told, when it was not received by then. @default never */
  readonly expiresIn?: Duration;
}

export interface RequestOptions extends SendOptions {
  /** How long to wait for the answer. @default 30 s */
  readonly timeout?: Duration;
}

/** Controls one run on a bare driver. */
export interface RunHandle<Output> {
  readonly workflowId: string;
  /**
   * Settles when the run has ended, parked (yield mode) or stopped here. Rejects with the workflow's own error when it
   * failed, and with the reason when it is paused. After `recover`, `resume` and `rewind` it is that of the new pass.
   */
  readonly result: Promise<RunResult<Output>>;
  /**
   * Sends a message; resolves when it is durable.
   * @throws QueueFullError, RunFinishedError, UnserializableValueError, LimitError, InvalidArgumentError
   */
  send(name: string, body?: unknown, options?: SendOptions): Promise<void>;
  /** The same as `send`. */
  message(name: string, body?: unknown, options?: SendOptions): Promise<void>;
  /**
   * Sends a completable message and waits for its answer.
   * @throws RequestTimeoutError, RunFinishedError, and what `send` throws
   */
  request(name: string, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** Has the run look again at once at what it waits for. No timer fires before its deadline. */
  wake(): Promise<void>;
  /** Stops running here; nothing is lost. */
  evict(): Promise<void>;
  /** Ends the run for good; with `compensate` its rollback handlers run first. Tells who won. */
  cancel(options?: { readonly compensate?: boolean }): Promise<CancelOutcome>;
  /** Gives a failed run another chance. @throws RunStateError */
  recover(): Promise<void>;
  /** Holds the run when its running steps have ended. @throws RunFinishedError */
  pause(): Promise<void>;
  /** Lets a paused run go on. @throws RunFinishedError */
  resume(): Promise<void>;
  /** Takes the run back to just before an entry. @throws InvalidArgumentError, RunStateError */
  rewind(options: { readonly to: string }): Promise<void>;
  /** Copies the run as it stood just before an entry to a new run on another driver. @throws InvalidArgumentError */
  fork(options: {
    readonly from: string;
    readonly workflowId: string;
    readonly driver: EngineDriver;
  }): Promise<void>;
  getState(): Promise<RunState | null>;
  /** Undefined unless the run completed. */
  getOutput(): Promise<Output | undefined>;
  /** Undefined unless the run failed. */
  getError(): Promise<unknown>;
  /** What is recorded, as of the last commit. @throws RunNotFoundError */
  history(): Promise<HistorySnapshot>;
  /** A snapshot now and after each commit of this process, until the run ends or the loop is left. */
  watch(): AsyncIterable<HistorySnapshot>;
}
