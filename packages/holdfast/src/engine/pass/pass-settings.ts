import type { Journal } from "../../history/journal.ts";
import type { PayloadCodec } from "../../history/payload.ts";
import type { World } from "../../model/clock.ts";
import type { Observer, WorkflowErrorEvent } from "../../model/events.ts";
import type { Limits } from "../../model/limits.ts";
import type { Logger } from "../../model/logger.ts";
import type { HistorySnapshot } from "../../model/snapshot.ts";
import type { WorkflowDefinition } from "../../model/workflow.ts";
import type { EngineDriver } from "../../storage/driver.ts";

/** Is given a snapshot after each commit; while `wanted` says no, none is built. */
type HistoryListener = ((snapshot: HistorySnapshot) => void) & { readonly wanted?: () => boolean };

/** What is the same for all passes of a runner. */
export interface EngineSettings {
  readonly world: World;
  readonly limits: Limits;
  readonly codec: PayloadCodec;
  readonly logger: Logger;
  readonly observers: readonly Observer[];
  readonly onError: ((event: WorkflowErrorEvent) => void) | undefined;
  readonly onHistoryUpdated: HistoryListener | undefined;
  readonly strict: boolean;
}

/** A claim on a run, as a pass needs to know it. */
export interface PassClaim {
  readonly driver: EngineDriver;
  /** 0 for a bare driver. */
  readonly epoch: number;
  /** The storage's clock as it is reckoned here: milliseconds since the epoch. */
  readonly now: () => number;
}

/** What hosts of the engine alone may ask for, beside its options: see `embedding.ts`. */
export interface HostedPass {
  /** Whether a run that has completed or failed, and was not rolled back, is replayed and goes on. @default false */
  readonly reopens?: boolean;
  /** Whether loops record their state with every iteration, so that a replay runs no finished iteration. @default false */
  readonly recordsIterations?: boolean;
  /** Whether a failed attempt ends the pass: it parks until the retry is due, however short that is. @default false */
  readonly parksOnRetry?: boolean;
  /** Whether the run has ended and is only looked at: what is left of version gates then has the run behind it. @default false */
  readonly isOver?: boolean;
  /** Called when the run was read or made, with all that is known of it from then on. */
  readonly opened?: (journal: Journal) => void;
}

/** What a pass is opened with. */
export interface PassSettings extends EngineSettings, HostedPass {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly claim: PassClaim;
  /** Called when the code of a parked pass goes on by itself: no timer and no message would have the pass advanced. */
  readonly stirred?: () => void;
  /** Called when the answer to a completable message is durable. */
  readonly answered?: (messageId: string, response: Uint8Array) => void;
  /**
   * The journal of a run that does not exist yet, with its input; not asked for otherwise, since stored runs keep theirs. Null: the
   * run is to be left before that is known, or is not to be made.
   * @throws UnserializableValueError, LimitError, ValidationError, StorageError
   */
  readonly create: () => Promise<Journal | null>;
}
