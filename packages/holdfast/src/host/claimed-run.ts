import type { WorkflowDefinition } from "../model/workflow.ts";
import type { RunImage, StoredMessage } from "../storage/records.ts";
import type { Claim } from "../storage/store.ts";

/** That a claim was asked for. */
export interface Asked {
  /** The monotonic time before it was. */
  readonly since: number;
  /** Which ask of this process it was, from 1: clocks may stand still. */
  readonly ask: number;
}

/** A claim, and how it was come by. */
export interface ClaimedRun extends Asked {
  readonly claim: Claim;
  readonly definition: WorkflowDefinition;
  /** The run as it is stored, where that is known: it was created with this claim. */
  readonly image: RunImage | null;
  /** The only queued message that the run waits for, where that is known: it was sent with this claim. */
  readonly message: StoredMessage | null;
  /** The pass of an earlier claim of this run, which may still be ending here. */
  readonly before: Promise<unknown> | null;
}
