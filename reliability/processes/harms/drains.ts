import type { Violation } from "../oracle/violation.ts";
import type { Child } from "../round/child.ts";
import { pause } from "../round/pause.ts";
import type { Harm } from "../round/play.ts";
import { beats, type Rhythm } from "./beats.ts";

/** How long a drain may take: bodies of the rig are done in milliseconds. */
const LONGEST_MS = 20_000;
/** The second SIGTERM comes at most so long after the first. */
const HURRY_MS = 30;

/** SIGTERM to one of these members, again and again; each has to end by itself, in time and in order. */
export function drains(names: readonly string[], rhythm: Rhythm, how: { readonly twice: boolean }): Harm {
  return async ({ crew, signal }) => {
    let drained = 0;
    const violations: Violation[] = [];
    for await (const random of beats(rhythm, signal)) {
      const child = crew.member(random.pick(names));
      if (!(await child.ready) || signal.aborted || !child.signal("SIGTERM")) continue;
      if (how.twice) {
        await pause(random.float() * HURRY_MS);
        child.signal("SIGTERM");
      }
      violations.push(...(await endsWell(child, how)));
      drained += 1;
    }
    return { drains: drained, violations };
  };
}

/**
 * Waits for the end of a member that was told to drain. One that was told twice may have drained before the second signal
 * came, which then ends it as it would end any process.
 */
export async function endsWell(child: Child, told: { readonly twice: boolean }): Promise<Violation[]> {
  const ended = new AbortController();
  const late = pause(LONGEST_MS, ended.signal).then(() => null);
  const end = await Promise.race([child.ended, late]);
  ended.abort();
  if (end?.code === 0 || (told.twice && end?.signal === "SIGTERM")) return [];
  const how =
    end === null
      ? `did not end within ${LONGEST_MS} ms`
      : `ended with ${end.code ?? end.signal}: ${child.complaint}`;
  if (end === null) child.signal("SIGKILL");
  return [{ invariant: "drain", run: "", problem: `${child.name} was told to drain and ${how}` }];
}
