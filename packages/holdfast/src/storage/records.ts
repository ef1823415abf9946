import type { CorruptionError } from "../model/errors/history-errors.ts";
import type { RunState } from "../model/run.ts";

/**
 * What the drivers store: encoded records only. Typing and codecs are above, written once.
 * Every byte array that crosses a port is owned by the receiver: neither side keeps or changes it afterwards.
 */

/** One row of a run: an order-preserving key and an opaque value. */
export interface KVEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Keys `k` with `from <= k < to`, in unsigned byte order. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** The run's header as the history layer encodes it: small, because every commit writes it. */
export type EncodedHeader = Uint8Array;

/** What a storage wakes a run by. */
export interface RunSchedule {
  readonly status: RunState;
  /** Milliseconds since the epoch; null: by no clock. */
  readonly wakeAt: number | null;
  /** Names of messages; null: none. */
  readonly wants: readonly string[] | null;
}

/** A run as it is loaded. */
export interface RunImage {
  readonly header: EncodedHeader;
  /** Number of the last commit; 1 after the one that created the run. */
  readonly revision: number;
  /** The newest epoch that claimed the run; 0 when none did. */
  readonly epoch: number;
  /** Claims since the last commit, the current one included; 0 for a bare driver, which has no claims. */
  readonly claimsWithoutCommit: number;
  /** The first page of rows in ascending key order. */
  readonly entries: readonly KVEntry[];
  /** Whether `entries` are all rows; if not, `list` gives the others. */
  readonly complete: boolean;
  /**
   * What the storage keeps beside the header to wake the run by, where it keeps such a thing. No checksum covers it: the
   * header and the code say what it has to be, and a runner that finds something else commits what is right.
   */
  readonly schedule?: RunSchedule;
  /** What is wrong with what the storage keeps beside header and rows: a run with that is not run. @default nothing */
  readonly damage?: CorruptionError;
}

/** A message that is queued. */
export interface StoredMessage {
  readonly id: string;
  readonly name: string;
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** After this instant the runner drops the message instead of delivering it; null: never. Drivers only keep it. */
  readonly expiresAt: number | null;
  /** Whether the sender waits for an answer. */
  readonly completable: boolean;
}

/** A message to be queued. */
export interface NewMessage extends StoredMessage {
  /**
   * Whether the id is remembered after the message is consumed, so that a second send of it changes nothing for the
   * life of the run. True for ids that the sender chose; generated ids never come again and leave nothing behind.
   */
  readonly remember: boolean;
  /**
   * How many messages the run may have queued, as the sender's `limits` say; it counts where the storage itself was not
   * told. Not stored.
   */
  readonly queueLimit?: number;
}

/** A message that a commit sends to a run (the committing run itself included). */
export interface OutgoingMessage {
  readonly to: string;
  readonly message: NewMessage;
  /**
   * Put a consumed message back, though its id is remembered: only `rewind` does this. Such messages go in front of
   * those that are queued, in the order of `send`, and the queue's limit does not apply to them.
   */
  readonly requeue?: boolean;
}

/** The answer to a completable message. The first one that is committed stays, unless it is taken back. */
export interface CompletedMessage {
  readonly id: string;
  readonly response: Uint8Array;
}

/** A run to be created. */
export interface NewRun {
  readonly workflowId: string;
  readonly workflowName: string;
  readonly workflowVersion: string | null;
  /**
   * Digest of definition name and input: a second creation with the same one finds the first. Behind a slash, where a schema has made
   * another input of what was given, the digest of that: one of both is enough.
   */
  readonly fingerprint: string;
  readonly header: EncodedHeader;
  readonly status: RunState;
  /** When the run starts, in milliseconds since the epoch; null: at once. */
  readonly wakeAt: number | null;
  readonly entries: readonly KVEntry[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What one transition stores: everything of it, or nothing (P3). */
export interface CommitBatch {
  /** Random; answers "was it mine?" after an unknown outcome. */
  readonly batchId: string;
  /** The claim's epoch; 0 for a bare driver. */
  readonly epoch: number;
  /** The revision that this batch follows; 0 creates the run (bare drivers only). */
  readonly expectedRevision: number;
  readonly header: EncodedHeader;
  readonly status: RunState;
  /** When the run wants to be woken, in milliseconds since the epoch; null: by no clock. */
  readonly wakeAt: number | null;
  /** Names of messages that wake the run; null: none does. */
  readonly wants: readonly string[] | null;
  /** Applied in this order: ranges, deletes, puts. Keys are unique within `puts`. */
  readonly deleteRanges: readonly KeyRange[];
  readonly deletes: readonly Uint8Array[];
  readonly puts: readonly KVEntry[];
  /** Ids of queued messages of this run that are consumed; an id that is not queued refuses the batch. */
  readonly consume: readonly string[];
  readonly complete: readonly CompletedMessage[];
  /** Ids of messages whose answers are taken back, before `complete` gives others: only `rewind` does this. @default none */
  readonly retract?: readonly string[];
  readonly send: readonly OutgoingMessage[];
  readonly spawn: readonly NewRun[];
}

/** What a storage can take. A larger batch is refused whole with `LimitError`; it is never split. */
export interface DriverLimits {
  /** Bytes of one value. */
  readonly valueBytes: number;
  /** Bytes of keys and values in one batch: rows, header, message bodies, answers, and what new runs start with. */
  readonly batchBytes: number;
  /** Rows in one batch. */
  readonly batchRows: number;
}
