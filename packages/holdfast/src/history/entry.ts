/**
 * Owns: what one recorded operation consists of.
 * Does not own: its bytes (entry-codec.ts), its place (location.ts).
 */

/** Kinds of entries; the numbers are stored and never change. */
export const ENTRY_KINDS = [
  "step",
  "loop",
  "iteration",
  "sleep",
  "message",
  "answer",
  "send",
  "join",
  "race",
  "map",
  "try",
  "rollback_checkpoint",
  "version",
] as const;

export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Whether an entry has its result. */
export type EntryStatus = "pending" | "completed" | "failed";

/** How the compensation of a step stands. */
export interface Compensation {
  /** Failed attempts of the handler. */
  readonly attempts: number;
  /** When the next attempt may start; null: at once. */
  readonly retryAt: number | null;
  readonly done: boolean;
  /** The last attempt's failure. */
  readonly failure: Uint8Array | null;
}

/**
 * One recorded operation. Immutable: a change is a new entry in the same place, so what a commit has taken never
 * changes under it.
 */
export interface Entry {
  readonly kind: EntryKind;
  readonly status: EntryStatus;
  /** The place of the result in the run's order of completions, from 1; 0 while pending (I2). */
  readonly sequence: number;
  /** The number of the completion in whose turn the operation was first asked for, or one that came later. */
  readonly askedAfter: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; 0 while pending. Of a pending loop: the time at which its iteration began. */
  readonly settledAt: number;
  /** Of a loop that has ended: the logical time at which its last iteration began; else 0. */
  readonly beganAt: number;
  /**
   * Of a loop, or of an iteration with armed steps: the number of the completion in whose turn the iteration began. Of a version gate
   * that older code went past: one more than the number of the completion in whose turn it did. Else 0.
   */
  readonly beganIn: number;
  /** When a sleep, a message wait or a retry is due; null: by no clock. */
  readonly dueAt: number | null;
  /** Of a step: attempts that failed, or the one started at most once. Of a loop: the iteration. Of a version: it. */
  readonly count: number;
  /** A step with a rollback handler that was committed after a checkpoint. */
  readonly armed: boolean;
  /** The code may have come here only because of a failure that `recover` took back: it need not ask for this again. */
  readonly leftover: boolean;
  /** Of a loop, or of an iteration with armed steps: the run had passed a rollback checkpoint when the iteration began. */
  readonly checkpointed: boolean;
  /** The result's payload, the failure, or a wait's messages. */
  readonly result: Uint8Array | null;
  /**
   * Of a pending step: its last failure. Of a loop: the state's payload. Of a map: its widths. Of a failed wait: the messages that
   * were refused.
   */
  readonly extra: Uint8Array | null;
  /**
   * Of a step: the last heartbeat's details. Of a block that failed, or gave its failure as data: keys of the entries that it came from.
   * Of a send to the run itself: what the message's id was made of.
   */
  readonly detail: Uint8Array | null;
  readonly compensation: Compensation | null;
}

/** A new pending entry. */
export function newEntry(kind: EntryKind, createdAt: number, askedAfter: number): Entry {
  return {
    kind,
    status: "pending",
    sequence: 0,
    askedAfter,
    createdAt,
    settledAt: 0,
    beganAt: 0,
    beganIn: 0,
    dueAt: null,
    count: 0,
    armed: false,
    leftover: false,
    checkpointed: false,
    result: null,
    extra: null,
    detail: null,
    compensation: null,
  };
}
