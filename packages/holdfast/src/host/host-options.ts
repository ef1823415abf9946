import type { AnyWorkflow } from "../model/workflow.ts";
import type { WorkflowStore } from "../storage/store.ts";
import type { EngineOptions } from "../system/engine-options.ts";

/** Runs that a host has in work at once. */
export const DEFAULT_CONCURRENCY = 100;
/** Milliseconds of a lease. */
export const DEFAULT_LEASE_MS = 30_000;
/** Milliseconds between two looks at the store when no hint comes. */
export const DEFAULT_POLL_MS = 1_000;
/** Parked runs that a host keeps in memory. */
export const DEFAULT_CACHE_SIZE = 1_000;
/** Milliseconds that `host.stop()` lets running steps finish. */
export const DEFAULT_STOP_TIMEOUT_MS = 30_000;

/** How long finished runs are kept, from their last commit, in milliseconds; 1 or more. Absent: for ever. */
export interface RetentionOptions {
  readonly completedMs?: number;
  readonly failedMs?: number;
  readonly cancelledMs?: number;
}

/** Options of `createClient`. A wrong one is an `InvalidArgumentError`. */
export interface ClientOptions extends EngineOptions {
  /** Where the runs are. It stays yours to close. */
  readonly store: WorkflowStore;
  /**
   * Milliseconds between two looks at the store when no hint comes, 1 or more; waits for a result become up to eight
   * times rarer while nothing happens. @default 1,000
   */
  readonly pollMs?: number;
}

/** Options of `createHost`. A wrong one is an `InvalidArgumentError`. */
export interface HostOptions extends ClientOptions {
  /** What this host runs; runs of other workflows are left for other hosts. Their names must differ. */
  readonly workflows: readonly AnyWorkflow[];
  /** Runs in work at once, 1 or more; parked ones do not count. @default 100 */
  readonly concurrency?: number;
  /**
   * Milliseconds for which a run belongs to this host without renewal, 100 or more: the time after which the runs of a
   * host that died are recovered. @default 30,000
   */
  readonly leaseMs?: number;
  /** Parked runs kept in memory, to go on without replay; 0 or more. @default 1,000 */
  readonly cacheSize?: number;
  /**
   * Finished runs of the store that are older are deleted in the background, those of workflows that this host does not run
   * too; their ids are free again then. @default none are
   */
  readonly retention?: RetentionOptions;
  /**
   * Calls `stop()` when the process gets SIGTERM; a second one stops running steps at once. The process then ends when
   * nothing else keeps it alive. `UnsupportedRuntimeError` where there are no signals. @default false
   */
  readonly drainOnSignal?: boolean;
}
