import type { Program } from "../program/program.ts";
import type { Evidence } from "./evidence.ts";
import type { Life } from "./lives.ts";
import { memo } from "./memo.ts";

/** The program that a life runs. */
export function programOf(evidence: Evidence, life: Life): Program | undefined {
  return evidence.scenario.programs.find(({ name }) => name === life.created.workflowName);
}

/** Which version of its code each pass of each run was a call of. */
const versions = memo(({ facts }): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const fact of facts) {
    if (fact.type === "pass-started") found.set(JSON.stringify([fact.run, fact.pass]), fact.version);
  }
  return found;
});

/** The versions of the code that have run in a life. */
export function versionsOfLife(evidence: Evidence, { run, from, to }: Life): ReadonlySet<number> {
  const found = new Set<number>();
  for (let n = from; n < Math.min(to, evidence.facts.length); n++) {
    const fact = evidence.facts[n];
    if (fact?.type === "pass-started" && fact.run === run) found.add(fact.version);
  }
  return found;
}

/** How often the version of a run's code had changed from one pass to the next when each of its passes began. */
const changes = memo(({ facts }): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  const latest = new Map<string, { readonly version: number; readonly changes: number }>();
  for (const fact of facts) {
    if (fact.type !== "pass-started") continue;
    const before = latest.get(fact.run) ?? { version: fact.version, changes: 0 };
    const now = {
      version: fact.version,
      changes: before.changes + (before.version === fact.version ? 0 : 1),
    };
    latest.set(fact.run, now);
    found.set(JSON.stringify([fact.run, fact.pass]), now.changes);
  }
  return found;
});

/** How often the run had changed to code of another version when a pass began, back to a former one included; 0 for an unknown pass. */
export function codeChangesBefore(evidence: Evidence, run: string, pass: number): number {
  return changes(evidence).get(JSON.stringify([run, pass])) ?? 0;
}

/** The code's version in a pass; 0 where the pass is unknown. */
export function versionOfPass(evidence: Evidence, run: string, pass: number): number {
  return versions(evidence).get(JSON.stringify([run, pass])) ?? 0;
}
