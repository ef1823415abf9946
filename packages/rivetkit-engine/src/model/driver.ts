import type { Message } from "./queue.ts";
import type { WorkflowTelemetryDriver } from "./telemetry.ts";

export interface KVEntry {
  key: Uint8Array;
  value: Uint8Array;
}

export interface KVWrite {
  key: Uint8Array;
  value: Uint8Array;
}

/** The host's message queue. */
export interface WorkflowMessageDriver {
  addMessage(message: Message): Promise<void>;
  /** Answers at once with what is queued. A completable message stays queued until `completeMessage`. */
  receiveMessages(opts: {
    names?: readonly string[];
    count: number;
    completable: boolean;
  }): Promise<Message[]>;
  completeMessage(messageId: string, response?: unknown): Promise<void>;
}

/** What a host offers: one run's own key-value namespace, an alarm and a message queue. */
export interface EngineDriver {
  /** Whether `batch` writes any number of pairs at once, or refuses them. @default false */
  readonly atomicBatch?: boolean;
  get(key: Uint8Array): Promise<Uint8Array | null>;
  set(key: Uint8Array, value: Uint8Array): Promise<void>;
  delete(key: Uint8Array): Promise<void>;
  /** Older hosts lack it; then the keys are deleted one by one. */
  batchDelete(keys: Uint8Array[]): Promise<void>;
  deletePrefix(prefix: Uint8Array): Promise<void>;
  /** Half-open: `start <= key < end`. */
  deleteRange(start: Uint8Array, end: Uint8Array): Promise<void>;
  /** All pairs under a prefix in ascending unsigned byte order. */
  list(prefix: Uint8Array): Promise<KVEntry[]>;
  batch(writes: KVWrite[]): Promise<void>;
  /** Asks the host to run the workflow again at this instant, in milliseconds since the epoch. */
  setAlarm(workflowId: string, wakeAt: number): Promise<void>;
  clearAlarm(workflowId: string): Promise<void>;
  /** Milliseconds; shorter sleeps are waited for in memory. */
  readonly workerPollInterval: number;
  readonly messageDriver: WorkflowMessageDriver;
  /** Resolves when a message of one of these names may be there (none: of any), or the signal aborts. */
  waitForMessages(messageNames: string[], abortSignal: AbortSignal): Promise<void>;
  readonly telemetry?: WorkflowTelemetryDriver;
}
