import type { RunState } from "./run.ts";

/** What an entry of a snapshot is. */
export type SnapshotKind =
  | "step"
  | "loop"
  | "iteration"
  | "sleep"
  | "message"
  | "answer"
  | "send"
  | "join"
  | "race"
  | "map"
  | "try"
  | "rollback_checkpoint"
  | "version";

/** One recorded operation, as dashboards show it. Times are milliseconds since the epoch. */
export interface SnapshotEntry {
  /** Identifies the entry in its run: what `rewind` and `fork` take. Names joined by `/`, special characters escaped. */
  readonly id: string;
  /** The operation's own name. */
  readonly name: string;
  readonly kind: SnapshotKind;
  readonly status: "pending" | "completed" | "failed";
  /** Place in the order of completions, from 1; 0 while pending. */
  readonly sequence: number;
  readonly attempts: number;
  readonly createdAt: number;
  readonly settledAt: number | null;
  /** When a wait or a retry is due. */
  readonly dueAt: number | null;
  /** Of a loop: the iteration it has recorded. Of a version: the version. */
  readonly count: number;
  readonly compensated: boolean;
  /** Decodes the result, when it is asked for: a promise of it where the codec gives one. Undefined while pending or failed. */
  readonly output: () => unknown;
  /** The failure, or a pending step's last one. */
  readonly error: { readonly name: string; readonly message: string } | null;
}

/** A run's history at one instant: read-only. */
export interface HistorySnapshot {
  readonly workflowId: string;
  readonly workflowName: string;
  readonly status: RunState;
  readonly revision: number;
  readonly createdAt: number;
  /** In the order of their locations. */
  readonly entries: readonly SnapshotEntry[];
}
