import type { Clock } from "../model/clock.ts";

/**
 * How far the store's clock is ahead of this process's, in milliseconds: the least that explains what was seen. The
 * store told `storeTime` at some instant between `since` (monotonic, before the question) and now; if its clock agrees
 * with ours at any of them there is no skew, so that the time a claim takes is not taken for one.
 */
export function clockSkewMs(clock: Clock, storeTime: number, since: number): number {
  const now = clock.now();
  const asked = now - Math.ceil(clock.monotonic() - since);
  if (storeTime > now) return storeTime - now;
  return storeTime < asked ? storeTime - asked : 0;
}
