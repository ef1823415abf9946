import type { CommitBatch, DriverLimits, KVEntry, NewMessage, RunImage, StoredMessage } from "./records.ts";

/** A page of a key listing. */
export interface ListPage {
  /** Start after this key. */
  readonly after?: Uint8Array;
  /** At most this many pairs; the driver's own page size when absent. */
  readonly limit?: number;
}

/** What a run is read for. */
export interface LoadOptions {
  /** It is only to be shown: nobody goes on with it, so that an alarm that stands for it is left where it is. @default false */
  readonly shown?: boolean;
}

/**
 * Storage for one run: the port that every home of Holdfast implements. The conformance suite in `holdfast/testing`
 * is its definition in executable form.
 *
 * A driver that a store hands out is bound to a claim's epoch. A bare driver (one actor, one Durable Object) has
 * epoch 0, and the expected revision alone keeps a second runner out.
 *
 * Errors: `FencedError` (the run has a newer owner or revision: stop), `LimitError` (the batch is too large),
 * `StorageError` (everything else; its `outcome` says `not-applied` or `unknown`).
 */
export interface EngineDriver {
  readonly limits: DriverLimits;

  /**
   * The header and the first page of rows (all of them when they fit one page), read at one instant; null when the
   * run does not exist. A driver without an alarm of its own needs no options.
   */
  load(options?: LoadOptions): Promise<RunImage | null>;

  /**
   * Pairs under a prefix in ascending unsigned byte order, at most `limit`, after the key `after`. With a limit a shorter
   * page is the last; without one pages are as long as the driver likes, and an empty page is the end.
   */
  list(prefix: Uint8Array, page?: ListPage): Promise<readonly KVEntry[]>;

  /**
   * All or nothing, durable when it resolves. `FencedError` if the epoch or the expected revision is not the stored
   * one. `MessageRefusedError` if sends are refused (full queue, finished or unknown receiver), best of all at once (`others`): nothing of
   * the batch is applied. A batch with status other than `running`, `pending`, or `rolling_back` without `wakeAt`
   * gives up the claim; a claim that was given up or released commits nothing more (`FencedError`), one whose lease
   * merely ended does until somebody else claims the run. `WorkflowConflictError` for a spawned run that exists with
   * another fingerprint; `InvalidArgumentError` for a bare driver that is to spawn; `StorageError` (`not-applied`) for
   * the consumption of a message that is not queued.
   */
  commit(batch: CommitBatch): Promise<void>;

  /** After an unknown outcome: is this batch the last one that was applied? */
  applied(batchId: string): Promise<boolean>;

  /**
   * Queued messages, oldest first; null: of any name. Does not consume: consumption is part of a commit. Messages that
   * have expired are among them: the runner drops them, by a commit, and tells.
   */
  peekMessages(names: readonly string[] | null, count: number): Promise<readonly StoredMessage[]>;

  /**
   * Durable when it resolves; a second call with the same message id changes nothing. `QueueFullError` over the
   * queue's limit, `RunFinishedError` when the run is terminal, `RunNotFoundError` when there is none (a bare driver
   * keeps the message for the run to come).
   */
  enqueueMessage(message: NewMessage): Promise<void>;

  /** A hint: resolves when a message may be there, or when the signal aborts; never rejects. */
  waitForMessages(names: readonly string[] | null, signal: AbortSignal): Promise<void>;
}
