import { checkInteger } from "../model/check.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { MAX_DURATION_MS } from "../model/limits.ts";
import type { WorkflowStore } from "../storage/store.ts";
import {
  type ClientOptions,
  DEFAULT_CACHE_SIZE,
  DEFAULT_CONCURRENCY,
  DEFAULT_LEASE_MS,
  DEFAULT_POLL_MS,
  type HostOptions,
  type RetentionOptions,
} from "./host-options.ts";

/**
 * Owns: what is a right option of a host or client; the engine's own are checked by system/engine-settings.ts.
 */

const STORE_METHODS = [
  "create",
  "get",
  "list",
  "claim",
  "renew",
  "release",
  "driver",
  "enqueue",
  "wait",
] as const;

/** @throws InvalidArgumentError */
export function checkClientOptions(options: ClientOptions): { store: WorkflowStore; pollMs: number } {
  if (typeof options !== "object" || options === null) {
    throw new InvalidArgumentError(`options must be an object with a store; got ${describe(options)}.`);
  }
  const { store, pollMs = DEFAULT_POLL_MS } = options;
  if (
    typeof store !== "object" ||
    store === null ||
    STORE_METHODS.some((name) => typeof store[name] !== "function")
  ) {
    throw new InvalidArgumentError(
      `store must be a WorkflowStore, such as sqliteStore("runs.db") of holdfast/sqlite; got ${describe(store)}.`,
    );
  }
  checkInteger(pollMs, "pollMs", { from: 1, to: MAX_DURATION_MS });
  return { store, pollMs };
}

/** Host options, checked and complete, but for the engine's and the workflows. */
export interface HostSettings {
  readonly store: WorkflowStore;
  readonly pollMs: number;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly cacheSize: number;
  readonly retention: RetentionOptions;
  readonly drainOnSignal: boolean;
}

/** @throws InvalidArgumentError */
export function checkHostOptions(options: HostOptions): HostSettings {
  const client = checkClientOptions(options);
  const {
    concurrency = DEFAULT_CONCURRENCY,
    leaseMs = DEFAULT_LEASE_MS,
    cacheSize = DEFAULT_CACHE_SIZE,
  } = options;
  const { retention = {}, drainOnSignal = false } = options;
  checkInteger(concurrency, "concurrency", { from: 1, to: 1_000_000 });
  checkInteger(leaseMs, "leaseMs", { from: 100, to: MAX_DURATION_MS });
  checkInteger(cacheSize, "cacheSize", { from: 0, to: 100_000_000 });
  if (typeof drainOnSignal !== "boolean") {
    throw new InvalidArgumentError(`drainOnSignal must be true or false; got ${describe(drainOnSignal)}.`);
  }
  checkRetention(retention);
  return { ...client, concurrency, leaseMs, cacheSize, retention, drainOnSignal };
}

const RETENTIONS: readonly string[] = ["completedMs", "failedMs", "cancelledMs"];

function checkRetention(retention: RetentionOptions): void {
  if (typeof retention !== "object" || retention === null) {
    throw new InvalidArgumentError(`retention must be an object; got ${describe(retention)}.`);
  }
  for (const [name, value] of Object.entries(retention)) {
    if (!RETENTIONS.includes(name)) {
      throw new InvalidArgumentError(
        `retention.${name} is not an option; there are ${RETENTIONS.join(", ")}.`,
      );
    }
    if (value !== undefined) checkInteger(value, `retention.${name}`, { from: 1, to: MAX_DURATION_MS });
  }
}
