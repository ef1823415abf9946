import type { Duration } from "../../model/duration.ts";
import type { RunState } from "../../model/run.ts";
import type { HistorySnapshot } from "../../model/snapshot.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { CancelOutcome } from "../pass/outcome.ts";

/** How a run stands when `result` of the engine settles. */
export type RunResult<Output> =
  | {
      readonly state: "completed";
      readonly output: Output;
      readonly sleepUntil?: undefined;
      readonly waitingForMessages?: undefined;
    }
  | {
      /** Parked: `rolling_back` when what it waits for is the retry of a rollback handler. */
      readonly state: "sleeping" | "rolling_back";
      readonly output?: undefined;
      /** When it is due, in milliseconds since the epoch; absent when no clock wakes it. */
      readonly sleepUntil?: number;
      /** The names of the messages that wake it. */
      readonly waitingForMessages?: readonly string[];
    }
  | {
      /** Ended for good, or stopped in this process. */
      readonly state: "cancelled" | "evicted";
      readonly output?: undefined;
      readonly sleepUntil?: undefined;
      readonly waitingForMessages?: undefined;
    };

/** Options of `send`. */
export interface SendOptions {
  /**
   * Chosen by the sender: a second send with the same one changes nothing, as long as the run is stored. Give one wherever
   * you may have to send again. @default a fresh one
   */
  readonly messageId?: string;
  /** How long it may stay unreceived; then it is dropped, and observers are told. @default for ever */
  readonly expiresIn?: Duration;
}

/** Options of `request`. */
export interface RequestOptions extends SendOptions {
  /** How long to wait for the answer. @default 30 s */
  readonly timeout?: Duration;
}

/** What can be done with a run whoever runs it: what the handles of the engine, of hosts and of clients share. */
export interface RunControls<Output> {
  /** The id that the run was started with. */
  readonly workflowId: string;
  /** Has the run look again at once at what it waits for. No timer fires before its deadline. @throws RunFinishedError */
  wake(): Promise<void>;
  /** Stops running in this process; nothing is lost. A client runs nothing, so it has nothing to stop. */
  evict(): Promise<void>;
  /**
   * Ends the run for good; with `compensate` its rollback handlers run first. Tells who won. A step that runs in this
   * process is told by its signal at once, one in another process when its host renews the lease. With `compensate` it is
   * that host that cancels the run, so that nothing is left undone that its steps have come to; of one that is dead the
   * end of the lease is waited for.
   */
  cancel(options?: { readonly compensate?: boolean }): Promise<CancelOutcome>;
  /**
   * Gives a failed run another chance: the operations that its error came from have all their attempts again, what
   * succeeded stays. A rollback that failed goes on. @throws RunStateError when the run did not fail, or was rolled back
   */
  recover(): Promise<void>;
  /** Holds the run; resolves when its running steps have ended and it is paused. @throws RunFinishedError */
  pause(): Promise<void>;
  /**
   * Lets a paused run go on; changes nothing of one that is not paused. A pause that was asked for and has not come yet
   * is waited for first. @throws RunFinishedError
   */
  resume(): Promise<void>;
  /**
   * Takes the run back to just before an entry, from whoever runs it, and lets it go on from there. `to` is the `id` of an
   * entry of `history()`. The messages received since are queued again, but for those of iterations that their loop has
   * pruned; effects of steps are not undone.
   * @throws InvalidArgumentError when there is no such entry, or it cannot be gone back to; RunStateError
   */
  rewind(options: { readonly to: string }): Promise<void>;
  /** As of the last commit, but `running` for a run that is in work now; null when there is no such run. */
  getState(): Promise<RunState | null>;
  /** What the run returned; undefined unless it completed. */
  getOutput(): Promise<Output | undefined>;
  /** Why the run failed, or why it is paused (`RunPausedError`, with the reason as its cause); else undefined. */
  getError(): Promise<unknown>;
  /** What is recorded, as of the last commit. @throws RunNotFoundError */
  history(): Promise<HistorySnapshot>;
  /**
   * A snapshot now and after each commit that is seen, until the run ends or the loop is left. Each reads the whole history:
   * for dashboards and progress, not for every run at once.
   * @example for await (const { entries } of handle.watch()) show(entries.length);
   */
  watch(): AsyncIterable<HistorySnapshot>;
}

/** Controls one run on a bare driver. */
export interface RunHandle<Output> extends RunControls<Output> {
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
  /** Copies the run as it stood just before an entry to a new run on another driver. @throws InvalidArgumentError */
  fork(options: {
    readonly from: string;
    readonly workflowId: string;
    readonly driver: EngineDriver;
  }): Promise<void>;
}
