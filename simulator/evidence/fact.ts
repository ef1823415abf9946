import type { RunState } from "#holdfast/model/run.ts";
import type { CommitBatch, NewMessage, NewRun, OutgoingMessage } from "#holdfast/storage/records.ts";
import type { Claim, HolderRequest, RunRecord } from "#holdfast/storage/store.ts";

/**
 * What happened in a world, seen from outside of the engine: by the step bodies, by those who call the API, and by the
 * storage at the moment at which it applies something. No fault of the world can lose a fact.
 */
export type Fact = FactHeading & FactBody;

interface FactHeading {
  /** Place in the order of everything that happened, from 0. */
  readonly n: number;
  /** True time, in milliseconds since the epoch: the store's clock. */
  readonly at: number;
  /** The process in which it happened; "store" for what the storage did by itself, "world" for the world's own acts. */
  readonly process: string;
}

/** Values are their canonical text (program/canonical.ts): equal texts mean deeply equal values, types included. */
type ValueText = string;

/** How something ended. `error` is the canonical text of name, code, message and cause. */
export type Outcome =
  | { readonly ok: true; readonly value: ValueText }
  | { readonly ok: false; readonly error: ValueText };

export type FactBody = ProgramFact | CallerFact | StorageFact | WorldFact;

/** Told by the compiled program. `path` is the entry's id in history snapshots; `pass` counts the calls of the workflow function. */
export type ProgramFact =
  | { readonly type: "pass-started"; readonly run: string; readonly pass: number; readonly version: number }
  | { readonly type: "pass-returned"; readonly run: string; readonly pass: number; readonly outcome: Outcome }
  | BodyStarted
  | BodyEnded
  /** The body told that it is alive. */
  | {
      readonly type: "beat";
      readonly run: string;
      readonly path: string;
      readonly start: number;
      readonly details: ValueText;
    }
  /** The body ended its process. */
  | { readonly type: "body-killed"; readonly run: string; readonly path: string; readonly start: number }
  /** The body's signal was aborted. */
  | {
      readonly type: "body-aborted";
      readonly run: string;
      readonly path: string;
      readonly start: number;
      readonly reason: string;
    }
  /** An operation gave its result to workflow code: what the code saw, in each pass. */
  | {
      readonly type: "seen";
      readonly run: string;
      readonly pass: number;
      readonly path: string;
      readonly operation: string;
      readonly outcome: Outcome;
    }
  /** Workflow code received messages (of next, nextBatch and listen in all forms that tell ids). */
  | {
      readonly type: "received";
      readonly run: string;
      readonly pass: number;
      readonly path: string;
      readonly messageIds: readonly string[];
    }
  /** Workflow code answered a completable message, and the answer is durable. */
  | {
      readonly type: "answered";
      readonly run: string;
      readonly pass: number;
      readonly path: string;
      readonly messageId: string;
      readonly response: ValueText;
    };

export interface BodyStarted {
  readonly type: "body-started";
  /** Whether it is a step's body or its rollback handler. */
  readonly role: "body" | "handler";
  readonly run: string;
  readonly path: string;
  /** Number of this start in the world: what its end refers to. */
  readonly start: number;
  /** The attempt as the engine says, from 1. */
  readonly attempt: number;
  /** Attempts that the step's options allow. */
  readonly allowed: number;
  readonly atMostOnce: boolean;
  readonly ephemeral: boolean;
  readonly pass: number;
  /** Of a body: the last heartbeat of the attempt before, as the body was given it; absent: none. */
  readonly heard?: ValueText;
  /** Of a handler: what it was given to undo. */
  readonly given: ValueText | null;
}

interface BodyEnded {
  readonly type: "body-ended";
  readonly role: "body" | "handler";
  readonly run: string;
  readonly path: string;
  readonly start: number;
  readonly outcome: Outcome;
}

/** Told by those who call the public API of hosts and clients. `call` numbers the calls of the world. */
type CallerFact =
  | { readonly type: "called"; readonly call: number; readonly run: string; readonly what: ApiCall }
  | {
      readonly type: "call-ended";
      readonly call: number;
      readonly run: string;
      readonly what: ApiCall;
      readonly outcome: CallOutcome;
    }
  /** A snapshot of `watch()`. */
  | {
      readonly type: "watched";
      readonly watcher: number;
      readonly run: string;
      readonly revision: number;
      readonly status: RunState;
      readonly entries: readonly WatchedEntry[];
    };

export interface WatchedEntry {
  readonly id: string;
  readonly status: "pending" | "completed" | "failed";
  readonly sequence: number;
}

/** `input`, `body`, `answer` are canonical texts. */
export type ApiCall =
  | { readonly api: "start"; readonly workflowName: string; readonly input: ValueText }
  | { readonly api: "send"; readonly name: string; readonly messageId: string; readonly body: ValueText }
  | { readonly api: "request"; readonly name: string; readonly messageId: string; readonly body: ValueText }
  | { readonly api: "cancel"; readonly compensate: boolean }
  | {
      readonly api:
        | "result"
        | "wake"
        | "evict"
        | "pause"
        | "resume"
        | "recover"
        | "delete"
        | "history"
        | "state";
    }
  | { readonly api: "rewind"; readonly to: string }
  | { readonly api: "fork"; readonly from: string; readonly newId: string };

export type CallOutcome =
  | { readonly ok: true; readonly value: ValueText }
  | { readonly ok: false; readonly code: string; readonly error: ValueText };

/** Told by the storage under all faults: what it really applied, in the order in which it did. */
export type StorageFact =
  | {
      readonly type: "created";
      readonly run: string;
      readonly newRun: NewRun;
      readonly record: RunRecord;
      /** What a bare run sends with the commit that creates it. */
      readonly sent?: readonly OutgoingMessage[];
    }
  | {
      readonly type: "committed";
      readonly run: string;
      readonly batch: CommitBatch;
      readonly record: RunRecord;
      /** When the storage means to wake a run of this workflow next, right after the commit; undefined: it was not asked. */
      readonly nextDueAt?: number | null;
    }
  /** A commit that the storage refused. */
  | {
      readonly type: "refused";
      readonly run: string;
      readonly batchId: string;
      readonly epoch: number;
      readonly code: string;
    }
  | {
      readonly type: "claimed";
      readonly run: string;
      readonly owner: string;
      readonly claim: Claim;
      readonly record: RunRecord;
    }
  | {
      readonly type: "renewed";
      readonly run: string;
      readonly owner: string;
      readonly epoch: number;
      readonly held: boolean;
      readonly until: number;
    }
  | { readonly type: "released"; readonly run: string; readonly epoch: number }
  | { readonly type: "enqueued"; readonly run: string; readonly message: NewMessage }
  | { readonly type: "deleted"; readonly run: string; readonly existed: boolean }
  | { readonly type: "requested"; readonly run: string; readonly what: "wake" | HolderRequest };

export type WorldFact =
  | { readonly type: "process-started"; readonly version: number }
  | {
      readonly type:
        | "process-killed"
        | "process-stopping"
        | "process-stopped"
        | "process-paused"
        | "process-continued";
    }
  | { readonly type: "clock-set"; readonly byMs: number }
  | {
      readonly type: "fault";
      readonly operation: string;
      readonly run: string | null;
      readonly fault: string;
      readonly call: number;
    }
  | { readonly type: "faults-end" }
  /** A value of a stored row was damaged by the world. */
  | { readonly type: "corrupted"; readonly run: string; readonly key: string }
  /** A copy of the run at the end, in which one bit of this row was flipped, was taken for sound. */
  | { readonly type: "misread"; readonly run: string; readonly key: string }
  /** Something that must never happen in the realm: an unhandled rejection, a warning, a forbidden global, somebody who goes round in circles. */
  | {
      readonly type: "stray";
      readonly kind: "rejection" | "warning" | "global" | "circle";
      readonly what: string;
    }
  /** What a process left behind when it had stopped or all its runs had ended. */
  | { readonly type: "left-behind"; readonly timers: number; readonly waits: number }
  /** A finished or resting run was replayed twice on copies of the store: what was written, and what the code saw. */
  | {
      readonly type: "replayed";
      readonly run: string;
      readonly first: ReplayTrace;
      readonly second: ReplayTrace;
    };

export interface ReplayTrace {
  /** Writes that the replay made to its copy. */
  readonly writes: number;
  /** Whether the copy's bytes are those of before. */
  readonly same: boolean;
  /** What the code saw, as "path: outcome", in order. */
  readonly seen: readonly string[];
  readonly bodies: number;
  /** Whether it came to rest in time. */
  readonly rests: boolean;
}
