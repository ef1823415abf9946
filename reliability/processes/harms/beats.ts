import type { SeededRandom } from "../programs/random.ts";
import { pause } from "../round/pause.ts";

/** When harm is done: at random times. */
export interface Rhythm {
  readonly random: SeededRandom;
  /** Milliseconds between two times, on average. */
  readonly meanMs: number;
  /** So often in one round: after that its runs get time to end. */
  readonly most: number;
}

/** The times of a rhythm, until the signal aborts. */
export async function* beats(
  { random, meanMs, most }: Rhythm,
  signal: AbortSignal,
): AsyncGenerator<SeededRandom> {
  for (let beat = 0; beat < most; beat++) {
    await pause(random.exponential(meanMs), signal);
    if (signal.aborted) return;
    yield random;
  }
}
