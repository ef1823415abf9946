import type { RunState } from "../model/run.ts";
import type { EngineDriver } from "./driver.ts";
import type { NewMessage, NewRun } from "./records.ts";

/** What whoever holds a run can be asked to do with it: hold it, or cancel it and undo what was committed. */
export type HolderRequest = "pause" | "cancel";

/** What a store tells about a run without reading its history. */
export interface RunRecord {
  readonly workflowId: string;
  readonly workflowName: string;
  readonly workflowVersion: string | null;
  /** Digest of definition name and input: a second start with the same one finds the first. */
  readonly fingerprint: string;
  /** As of the last commit. */
  readonly status: RunState;
  /** Number of the last commit. */
  readonly revision: number;
  /** Number of the newest claim; 0 when there was none. */
  readonly epoch: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Time of the last commit, in milliseconds since the epoch. */
  readonly updatedAt: number;
  /** When it wakes by itself, in milliseconds since the epoch; null: by no clock. */
  readonly wakeAt: number | null;
  /** Names of the messages that wake it; null: none does. */
  readonly wants: readonly string[] | null;
  /** Who holds the claim and until when by the store's clock; null when nobody does. */
  readonly lease: { readonly owner: string; readonly until: number } | null;
  /** What its holder is asked to do; null: nothing. */
  readonly requested: HolderRequest | null;
}

/** A worker's temporary right to run a run. */
export interface Claim {
  readonly workflowId: string;
  readonly workflowName: string;
  /**
   * One more than that of the claim before, or than 0, so that a holder knows whether somebody had the run in between. A run that
   * is created after others were deleted begins above the highest epoch of those.
   */
  readonly epoch: number;
  /** Of the last commit: a pass kept in memory goes on in place only when it is still its own. */
  readonly revision: number;
  /** Claims since the last commit, this one included: a run that gets no further may be what ends its processes. */
  readonly claimsWithoutCommit: number;
  readonly leaseMs: number;
  /** The store's clock at the claim, in milliseconds since the epoch: timers are judged by it, not by the worker's. */
  readonly storeTime: number;
  readonly requested: HolderRequest | null;
}

/** What a worker asks for: due runs, or one run. */
export interface ClaimRequest {
  readonly owner: string;
  readonly leaseMs: number;
  /** At most this many. */
  readonly limit: number;
  /** Only runs of these workflows; null: of any. */
  readonly workflowNames: readonly string[] | null;
  /**
   * Claim this run instead of the due ones, due or not, whatever its status. With `force` also while another owner
   * holds a live lease: that owner is fenced from here on (this is how an operator cancels). Not while the run is in a state of
   * `unless`: what an operator would refuse takes it from nobody.
   */
  readonly run?: {
    readonly workflowId: string;
    readonly force: boolean;
    readonly unless?: readonly RunState[];
  };
}

/** What a worker is given. */
export interface ClaimOutcome {
  readonly claims: readonly Claim[];
  /** When the earliest run of these workflows that was not claimed becomes due (a live lease's end included). */
  readonly nextDueAt: number | null;
  /** The store's clock: what `nextDueAt` is to be held against. */
  readonly storeTime: number;
}

/** Who takes a run that something makes due: as in a `ClaimRequest`. */
export type Claimant = Pick<ClaimRequest, "owner" | "leaseMs" | "workflowNames">;

/** What has become of a lease that was to be extended. */
export interface RenewOutcome {
  readonly workflowId: string;
  readonly epoch: number;
  /** False: the claim is lost, expired or released; it is never revived. */
  readonly held: boolean;
  readonly requested: HolderRequest | null;
}

/** What a creation came to. */
export interface CreateOutcome {
  /** False: a run with this id and the same fingerprint was there already. */
  readonly created: boolean;
  readonly run: RunRecord;
  /** Present when the run was created and a claim was asked for. */
  readonly claim: Claim | null;
}

/** Which runs a listing gives. */
export interface RunQuery {
  readonly status?: readonly RunState[];
  readonly workflowName?: string;
  /** 1 to 1,000. */
  readonly limit: number;
  /** From the page before. */
  readonly cursor?: string;
}

/** A page of a listing. */
export interface RunPage {
  /** Newest first; a page is stable while runs are created or change. */
  readonly runs: readonly RunRecord[];
  /** What to pass as `cursor` for the next page; null: this is the last. */
  readonly nextCursor: string | null;
}

/** Counts of a whole store. */
export interface StoreStatistics {
  /** How many runs are in each state. */
  readonly runs: Readonly<Record<RunState, number>>;
  /** Messages that are queued in all runs together. */
  readonly queuedMessages: number;
}

/** What a wait is about: work for a host, or a change of one run; `endOnly`: nothing but its end or deletion matters. */
export type WaitTopic = "work" | { readonly workflowId: string; readonly endOnly?: boolean };

/**
 * Storage for many runs. Every method is atomic and durable when it resolves; leases are reckoned by the store's
 * clock. A run is **due** when it is neither terminal nor paused, nobody holds a live lease on it, and its due time
 * has come: its `wakeAt`, or at once when a wanted message is queued, a wake was requested, or it is not asleep.
 */
export interface WorkflowStore {
  /**
   * Creates the run if absent. The same id with the same fingerprint gives the existing run;
   * `WorkflowConflictError` otherwise. With `claim` the new run belongs to the caller from its first instant.
   */
  create(run: NewRun, claim?: { readonly owner: string; readonly leaseMs: number }): Promise<CreateOutcome>;
  get(workflowId: string): Promise<RunRecord | null>;
  list(query: RunQuery): Promise<RunPage>;
  /** Longest due first. Each claim raises the run's epoch and counts towards the crash budget. */
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  /** Extends leases that are still held; an expired one is not extended, even if nobody took it. */
  renew(
    owner: string,
    claims: readonly Pick<Claim, "workflowId" | "epoch" | "leaseMs">[],
  ): Promise<readonly RenewOutcome[]>;
  /**
   * Gives a claim back if it is still this one; the claim no longer counts towards the crash budget. The run is due
   * by what is stored: at its `wakeAt`, at once when a wanted message is queued or it is not asleep. A wake
   * that led to the claim has been looked at and does not make it due again; one that came since does. It is behind
   * the runs that are due already.
   */
  release(claim: Pick<Claim, "workflowId" | "epoch">): Promise<void>;
  /** The driver of a run for the holder of `epoch`; reads work with any epoch. */
  driver(claim: Pick<Claim, "workflowId" | "epoch">): EngineDriver;
  /**
   * As `EngineDriver.enqueueMessage`; marks the run due in the same transaction when it wants the name. With `claimant`
   * a run of its workflows that was not due, and is now, belongs to the caller from this instant, and the claim is given.
   * Null: there was nothing to claim; the message is queued all the same.
   */
  enqueue(workflowId: string, message: NewMessage, claimant?: Claimant): Promise<Claim | null>;
  /** The answer to a completable message, or null while there is none. */
  response(workflowId: string, messageId: string): Promise<Uint8Array | null>;
  /**
   * `wake`: due now. `pause`, `cancel`: told to the holder by its next renewal, or to the next one by its claim, until the run
   * is what was asked for; a cancel outranks a pause, and makes the run due as a wake does. `RunNotFoundError`,
   * `RunFinishedError`.
   */
  request(workflowId: string, what: "wake" | HolderRequest): Promise<void>;
  /**
   * Removes the run and everything of it; false when there is none. A holder's next commit is fenced. With `epoch`: only
   * where that claim is still the run's newest, else false and nothing is removed.
   */
  delete(workflowId: string, epoch?: number): Promise<boolean>;
  /** A hint: resolves when there may be something, or when the signal aborts; never rejects. */
  wait(topic: WaitTopic, signal: AbortSignal): Promise<void>;
  statistics(): Promise<StoreStatistics>;
  /** Idempotent; calls in flight settle first; later calls reject with `StoreClosedError`. */
  close(): Promise<void>;
}
