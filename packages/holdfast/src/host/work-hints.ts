import { HintPace } from "../storage/hint-pace.ts";
import type { StoreSession } from "./store-session.ts";

/**
 * Owns: hearing that a store may have runs that are due.
 * Invariants: a store whose hints fail is looked at by the clock (I19); one that hints for nothing all the time is looked at
 * every few milliseconds.
 */
export class WorkHints {
  readonly #session: StoreSession;
  readonly #pace: HintPace = new HintPace();

  constructor(session: StoreSession) {
    this.#session = session;
  }

  /** Calls `ring` once there may be work, unless `signal` is aborted before. */
  async hear(signal: AbortSignal, ring: () => void): Promise<void> {
    const { store, settings } = this.#session;
    try {
      await store.wait("work", signal);
    } catch {
      return;
    }
    if (signal.aborted) return;
    const pauseMs = this.#pace.next();
    if (pauseMs === 0) ring();
    else signal.addEventListener("abort", settings.world.clock.setTimer(pauseMs, ring), { once: true });
  }

  /** There was work. */
  found(): void {
    this.#pace.found();
  }
}
