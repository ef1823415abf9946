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

/** The code's version in a pass; 0 where the pass is unknown. */
export function versionOfPass(evidence: Evidence, run: string, pass: number): number {
  return versions(evidence).get(JSON.stringify([run, pass])) ?? 0;
}
