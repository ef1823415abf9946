import { checkBoolean, checkInteger, checkMethods } from "../model/check.ts";
import { MAX_DURATION_MS } from "../model/limits.ts";
import { checkGiven } from "../model/option-names.ts";
import { STORE_METHODS } from "../storage/port-methods.ts";
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
import { CLIENT_OPTIONS, HOST_OPTIONS, RETENTION_OPTIONS } from "./option-names.ts";

/**
 * Owns: what is a right option of a host or client; the engine's own are checked by system/engine-settings.ts.
 */

/** @throws InvalidArgumentError */
export function checkClientOptions(options: ClientOptions): StoreSettings {
  checkGiven(options, "The options of createClient", CLIENT_OPTIONS);
  return storeSettings(options);
}

interface StoreSettings {
  readonly store: WorkflowStore;
  readonly pollMs: number;
}

function storeSettings({ store, pollMs = DEFAULT_POLL_MS }: ClientOptions): StoreSettings {
  checkMethods(store, 'store must be a WorkflowStore, such as sqliteStore("runs.db"): it', STORE_METHODS);
  checkInteger(pollMs, "pollMs", { from: 1, to: MAX_DURATION_MS });
  return { store, pollMs };
}

/** Host options, checked and complete, but for the engine's and the workflows. */
export interface HostSettings extends StoreSettings {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly cacheSize: number;
  readonly retention: RetentionOptions;
  readonly drainOnSignal: boolean;
}

/** @throws InvalidArgumentError */
export function checkHostOptions(options: HostOptions): HostSettings {
  checkGiven(options, "The options of createHost", HOST_OPTIONS);
  const client = storeSettings(options);
  const {
    concurrency = DEFAULT_CONCURRENCY,
    leaseMs = DEFAULT_LEASE_MS,
    cacheSize = DEFAULT_CACHE_SIZE,
  } = options;
  const { retention = {}, drainOnSignal = false } = options;
  checkInteger(concurrency, "concurrency", { from: 1, to: 1_000_000 });
  checkInteger(leaseMs, "leaseMs", { from: 100, to: MAX_DURATION_MS });
  checkInteger(cacheSize, "cacheSize", { from: 0, to: 100_000_000 });
  checkBoolean(drainOnSignal, "drainOnSignal");
  checkRetention(retention);
  return { ...client, concurrency, leaseMs, cacheSize, retention, drainOnSignal };
}

function checkRetention(retention: RetentionOptions): void {
  checkGiven(retention, "retention", RETENTION_OPTIONS);
  for (const name of ["completedMs", "failedMs", "cancelledMs"] as const) {
    const value = retention[name];
    if (value !== undefined) checkInteger(value, `retention.${name}`, { from: 1, to: MAX_DURATION_MS });
  }
}
