import type { WorkerConfig } from "../members/member-config.ts";
import type { Violation } from "../oracle/violation.ts";
import { pause } from "../round/pause.ts";
import type { Harm } from "../round/play.ts";
import { endsWell } from "./drains.ts";

/** Between two deploys. */
const BETWEEN_MS = 700;

/**
 * Deploys newer code, older code and newer code again, worker after worker, so many times; in the end all have the newer
 * one.
 */
export function deploys(
  names: readonly string[],
  { work, times }: { readonly work: Partial<WorkerConfig>; readonly times: number },
): Harm {
  return async ({ crew, signal }) => {
    let drained = 0;
    const violations: Violation[] = [];
    for (let deploy = 0; deploy < 2 * times - 1 && !signal.aborted; deploy++) {
      const version = deploy % 2 === 0 ? 2 : 1;
      for (const name of names) {
        const child = crew.member(name);
        crew.change(name, { work: { ...work, version } });
        if (!(await child.ready) || !child.signal("SIGTERM")) continue;
        violations.push(...(await endsWell(child, { twice: false })));
        drained += 1;
      }
      await pause(BETWEEN_MS, signal);
    }
    return { drains: drained, violations };
  };
}
