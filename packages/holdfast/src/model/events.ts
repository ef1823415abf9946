import type { RunState } from "./run.ts";

/**
 * What observers are told, after the fact. Plain data; `location` is the entry's id in history snapshots. Times are
 * milliseconds since the epoch.
 */
export type WorkflowEvent = { readonly workflowId: string; readonly at: number } & (
  | {
      readonly type: "run-started";
      /** Recorded results that are handed over again. */
      readonly replayed: number;
    }
  | {
      readonly type: "run-parked";
      /** When it wakes by itself; null: by no clock. */
      readonly wakeAt: number | null;
      /** Names of the messages that wake it; null: none does. */
      readonly wants: readonly string[] | null;
    }
  | { readonly type: "run-ended"; readonly state: RunState; readonly error?: unknown }
  | {
      readonly type: "step-started";
      readonly location: string;
      readonly name: string;
      readonly attempt: number;
    }
  | {
      readonly type: "step-failed";
      readonly location: string;
      readonly name: string;
      readonly attempt: number;
      readonly error: unknown;
      readonly willRetry: boolean;
      readonly retryAt: number | null;
    }
  | {
      readonly type: "step-ended";
      readonly location: string;
      readonly name: string;
      readonly attempt: number;
      readonly durationMs: number;
    }
  | {
      /** A body went on after its timeout and has ended now; what it came to is ignored. */
      readonly type: "step-orphaned";
      readonly location: string;
      readonly name: string;
      readonly error?: unknown;
    }
  | { readonly type: "rollback-ended"; readonly location: string; readonly name: string }
  | {
      readonly type: "rollback-failed";
      readonly location: string;
      readonly name: string;
      readonly error: unknown;
      readonly willRetry: boolean;
      readonly retryAt: number | null;
    }
  | {
      readonly type: "message-in";
      readonly name: string;
      readonly messageId: string;
      readonly location: string;
    }
  | { readonly type: "message-out"; readonly name: string; readonly messageId: string; readonly to: string }
  | { readonly type: "message-expired"; readonly name: string; readonly messageId: string }
  | { readonly type: "commit"; readonly revision: number; readonly rows: number; readonly status: RunState }
  | { readonly type: "diverged"; readonly error: unknown }
  | { readonly type: "nondeterminism"; readonly name: string; readonly error: unknown }
  | { readonly type: "fenced"; readonly error: unknown }
);

/** Called with every event. It cannot change behaviour; one that throws is logged. */
export type Observer = (event: WorkflowEvent) => void;

/** An error as `onError` is told of it: which of the three it is, is the one key that the event has. */
export type WorkflowErrorEvent =
  | {
      /** An attempt of a step failed. */
      readonly step: {
        readonly workflowId: string;
        readonly stepName: string;
        readonly attempt: number;
        readonly maxRetries: number;
        readonly willRetry: boolean;
        /** Milliseconds until the next attempt, if there is one. */
        readonly retryDelay?: number;
        /** When that is, in milliseconds since the epoch. */
        readonly retryAt?: number;
        readonly error: unknown;
      };
    }
  | {
      /** An attempt of a rollback handler failed. */
      readonly rollback: { readonly workflowId: string; readonly stepName: string; readonly error: unknown };
    }
  | {
      /** The run failed, or is held by the engine. */
      readonly workflow: { readonly workflowId: string; readonly error: unknown };
    };
