import type { RunState } from "./run.ts";

/**
 * What observers are told, after the fact. Plain data; `location` is the entry's id in history snapshots. Times are
 * milliseconds since the epoch.
 */
export type WorkflowEvent = { readonly workflowId: string; readonly at: number } & (
  | { readonly type: "run-started"; readonly replayed: number }
  | { readonly type: "run-parked"; readonly wakeAt: number | null; readonly wants: readonly string[] | null }
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

/** An error as `onError` is told of it. */
export type WorkflowErrorEvent =
  | {
      readonly step: {
        readonly workflowId: string;
        readonly stepName: string;
        readonly attempt: number;
        readonly maxRetries: number;
        readonly willRetry: boolean;
        readonly retryDelay?: number;
        readonly retryAt?: number;
        readonly error: unknown;
      };
    }
  | { readonly rollback: { readonly workflowId: string; readonly stepName: string; readonly error: unknown } }
  | { readonly workflow: { readonly workflowId: string; readonly error: unknown } };
