import { stopwatch } from "./stopwatch.ts";

const WARM_UP_MS = 1_500;

/** Does the work again and again for a while, at least once, so that the runtime has compiled what is hot. */
export async function warmUp(round: (id: string) => Promise<unknown>, name = "warm-up"): Promise<void> {
  const elapsed = stopwatch();
  for (let i = 0; i === 0 || elapsed() < WARM_UP_MS; i++) await round(`${name}-${i}`);
}
