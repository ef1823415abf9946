import type { Evidence } from "./evidence.ts";
import type { Violation } from "./violation.ts";

/** What was acknowledged is stored: no run is behind a commit that its holder knows of, none that was started is gone. */
export function judgeDurability(evidence: Evidence): Violation[] {
  const newest = new Map<string, number>();
  for (const { run, revision } of evidence.of("commit")) {
    newest.set(run, Math.max(newest.get(run) ?? 0, revision));
  }
  for (const { run } of evidence.of("start")) newest.set(run, Math.max(newest.get(run) ?? 0, 1));
  return [...newest].flatMap(([run, revision]) => {
    const stored = evidence.stored(run)?.revision ?? 0;
    if (stored >= revision) return [];
    return [
      { invariant: "I11", run, problem: `revision ${revision} was acknowledged, and ${stored} is stored` },
    ];
  });
}
