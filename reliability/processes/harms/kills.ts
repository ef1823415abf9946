import type { Harm } from "../round/play.ts";
import { beats, type Rhythm } from "./beats.ts";

/** SIGKILL to one of these members, again and again. */
export function kills(names: readonly string[], rhythm: Rhythm): Harm {
  return async ({ crew, signal }) => {
    let killed = 0;
    for await (const random of beats(rhythm, signal)) {
      const child = crew.member(random.pick(names));
      // One that has not begun yet is waited for: there would be nothing to interrupt.
      if (!(await child.ready) || signal.aborted || !child.signal("SIGKILL")) continue;
      await child.ended;
      killed += 1;
    }
    return { kills: killed };
  };
}
