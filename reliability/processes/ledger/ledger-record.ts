import type { RunState } from "#holdfast/index.ts";

/** What a step of the program had seen when it began: place in the program, and the token that was seen there. */
export type Founded = readonly (readonly [path: string, token: string])[];

/** A row of the history as a commit wrote it. */
export interface CommittedEntry {
  /** The entry's id in history snapshots. */
  readonly location: string;
  readonly kind: string;
  readonly status: "pending" | "completed" | "failed";
  readonly sequence: number;
  /** Of a step: attempts that failed. */
  readonly count: number;
  readonly armed: boolean;
  readonly compensated: boolean;
  /** A digest of the stored result; null when there is none. */
  readonly result: string | null;
}

/** Something that a body or a handler did in the world. */
export interface Effect {
  readonly run: string;
  readonly path: string;
  /** The step's entry id in history snapshots. */
  readonly location: string;
  readonly attempt: number;
  /** How many attempts there may be: one more than those that the program wants to fail. */
  readonly attemptsAllowed: number;
  /** Of the newest claim of the run in this process. */
  readonly epoch: number;
  /** When the process had last looked at the clock, as it does before each start: milliseconds as in `at`. */
  readonly lookedAt: number;
  /** Unique: what the body returns, and what its end is known by. */
  readonly token: string;
}

/** A claim, as the process that has it knows it. */
interface Held {
  readonly run: string;
  readonly epoch: number;
  /** `at` and `wall` before the store was asked. */
  readonly askedAt: number;
  readonly askedWall: number;
}

/** A message that a sender process sends. */
interface Sent {
  readonly run: string;
  readonly message: string;
  readonly messageId: string;
  /** Which of the messages of this name to this run, from 0: they are sent in this order. */
  readonly ordinal: number;
}

/** What happened. */
export type LedgerEvent =
  | (Effect & { readonly type: "body-start"; readonly founded: Founded })
  | (Effect & { readonly type: "body-end"; readonly outcome: EffectOutcome })
  | (Effect & { readonly type: "handler-start" /** What the step returned. */; readonly undoes: string })
  | (Effect & { readonly type: "handler-end"; readonly outcome: EffectOutcome })
  | (Held & {
      readonly type: "claim";
      readonly revision: number;
      readonly leaseMs: number;
      readonly forced: boolean;
    })
  | (Held & { readonly type: "renew"; readonly leaseMs: number })
  | { readonly type: "release"; readonly run: string; readonly epoch: number }
  | (Held & {
      readonly type: "commit";
      /** The revision that the commit made. */
      readonly revision: number;
      readonly batchId: string;
      readonly status: RunState;
      /** Whether the claim stayed with its holder. */
      readonly keeps: boolean;
      readonly entries: readonly CommittedEntry[];
      /** Ids of the messages that it consumed. */
      readonly consumed: readonly string[];
    })
  /** A commit that consumes messages begins; its `commit` follows, unless the process died in between. */
  | { readonly type: "consuming"; readonly run: string; readonly consumed: readonly string[] }
  | { readonly type: "fenced"; readonly run: string; readonly epoch: number }
  /** A body does to its process what its hazard says. */
  | { readonly type: "hazard"; readonly run: string; readonly kind: string }
  /** The storage failed. */
  | { readonly type: "outage"; readonly call: string; readonly outcome: string; readonly message: string }
  | { readonly type: "start"; readonly run: string }
  | (Sent & { readonly type: "send-ack" })
  | (Sent & { readonly type: "send-refused" })
  | (Sent & { readonly type: "answer"; readonly answer: string })
  | { readonly type: "cancel"; readonly run: string; readonly won: boolean }
  | { readonly type: "resume"; readonly run: string; readonly reason: string }
  | { readonly type: "ended"; readonly run: string };

/** How a body or handler ended, in its own eyes. */
export type EffectOutcome = "ok" | "failed" | "aborted";

/** A line of the ledger. */
export type LedgerRecord = LedgerEvent & {
  /** Which line: the order in which the ledger took them in. */
  readonly n: number;
  readonly process: string;
  /** When it happened: milliseconds of the machine's monotonic clock, which all processes share. */
  readonly at: number;
  /** When it happened by the wall clock, which is the store's. */
  readonly wall: number;
};

/** What is sent to the ledger: everything but the number. */
export type LedgerEntry = LedgerEvent & Pick<LedgerRecord, "process" | "at" | "wall">;

/** Records of one type. */
export type RecordOf<Type extends LedgerEvent["type"]> = Extract<LedgerRecord, { readonly type: Type }>;
