import type { SeededRandom } from "../programs/random.ts";
import { pause } from "../round/pause.ts";
import type { Harm } from "../round/play.ts";

/** SIGKILL to one of these members, at random times with this mean between them. */
export function randomKills(
  names: readonly string[],
  at: { readonly random: SeededRandom; readonly meanMs: number; readonly most: number },
): Harm {
  const { random, meanMs, most } = at;
  return async ({ crew, signal }) => {
    let kills = 0;
    while (kills < most && !signal.aborted) {
      await pause(random.exponential(meanMs), signal);
      const name = random.pick(names);
      // One that has not begun yet is waited for: there would be nothing to interrupt.
      const child = crew.member(name);
      if (!(await child.ready) || signal.aborted || !child.signal("SIGKILL")) continue;
      await child.ended;
      kills += 1;
    }
    return { kills };
  };
}
