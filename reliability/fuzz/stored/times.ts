/** When the runs begin: where a virtual clock starts. */
const BUILT_AT = 1_893_456_000_000;

/** When what is damaged goes on: what leads to the stages, but for what takes hours, was before, and all leases are over. */
export const GOES_ON_AT: number = BUILT_AT + 15 * 60_000;

/** For what is due at once, and what is found at the second look. */
export const SETTLE_MS: number = 15 * 60_000;

/** Longer than everything that a run sleeps through. */
export const LONG_MS: number = 34 * 3_600_000;
