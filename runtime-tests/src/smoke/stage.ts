import type { EngineDriver, WorkflowStore } from "holdfast";

/** Where cases run: one kind of storage on one runtime. */
export interface Stage {
  /** As the table calls it. */
  readonly name: string;
  /** A fresh storage. */
  open(): Promise<SmokeStorage>;
}

export interface SmokeStorage {
  /** A new driver of the run "run", over what the drivers before have stored. */
  driver(): EngineDriver;
  /** A store of many runs, where this kind of storage has one. */
  readonly store?: () => WorkflowStore;
  close(): Promise<void>;
}
