import type { Clock } from "../model/clock.ts";

/**
 * The store's clock as this process reckons it: what the store has just told, and what has passed since by the monotonic
 * clock. It may be behind by the time that the answer took, and is never ahead, so no timer fires before its deadline by
 * the store's clock (I18); a wall clock that is set, here, changes nothing.
 */
export function storeClock(clock: Clock, storeTime: number): () => number {
  const toldAt = clock.monotonic();
  return () => Math.floor(storeTime + clock.monotonic() - toldAt);
}
