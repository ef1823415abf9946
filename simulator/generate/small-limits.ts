import type { Limits } from "#holdfast/model/limits.ts";
import type { Prng } from "../random/prng.ts";

/** Limits that a run can come to, and how small each is. */
const SMALL: Readonly<Partial<Record<keyof Limits, readonly number[]>>> = {
  historyEntries: [3, 6, 12, 25],
  runTimeMs: [50, 500, 3_000, 20_000],
  queuedMessages: [1, 2, 5],
  armedHandlers: [1, 2, 4],
  payloadBytes: [300, 3_000],
  messageBytes: [20, 300],
  crashBudget: [5],
};

/** One to three of them. */
export function smallLimits(prng: Prng): Partial<Limits> {
  const drawn = prng.shuffle(Object.entries(SMALL)).slice(0, prng.between(1, 3));
  return Object.fromEntries(drawn.map(([limit, sizes]) => [limit, prng.pick(sizes)]));
}
