import type { EngineSettings } from "../engine/pass/pass-settings.ts";
import { formatUuid } from "../engine/replay/draws.ts";
import type { WorkflowStore } from "../storage/store.ts";
import { typedStore } from "../storage/typed-storage.ts";
import { AskedInOrder } from "./asked-in-order.ts";
import { HostLog } from "./host-log.ts";
import { RunNews } from "./run-news.ts";

/**
 * Owns: what everything that one host or client does with its store has in common.
 * Does not own: the store, which whoever opened it closes.
 */
export interface StoreSession {
  readonly store: WorkflowStore;
  readonly settings: EngineSettings;
  /** Whose the claims are: random, so that two hosts on one store never take each other's. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly news: RunNews;
  readonly asked: AskedInOrder;
  readonly log: HostLog;
}

/** A session with a fresh owner. */
export function openSession(
  settings: EngineSettings,
  options: { readonly store: WorkflowStore; readonly leaseMs: number; readonly pollMs: number },
): StoreSession {
  const log = new HostLog(settings.logger);
  const store = typedStore(options.store);
  const news = new RunNews({
    store,
    clock: settings.world.clock,
    pollMs: options.pollMs,
    log,
  });
  const owner = formatUuid(settings.world.random.bytes(16));
  return { ...options, store, settings, owner, news, asked: new AskedInOrder(), log };
}
