import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { allHoldings, type Holding, holdingsOf } from "../evidence/holdings.ts";
import { limitsOf } from "../evidence/limits.ts";
import { type Commit, type Life, livesOf } from "../evidence/lives.ts";
import { startsOf } from "../evidence/starts.ts";
import type { Violation } from "./checker.ts";

/** A body that ends processes is stopped, and nothing else is: not sooner, and no run that was only beside it. */
export function* crashLoops(evidence: Evidence): Iterable<Violation> {
  yield* endlessLoops(evidence);
  for (const life of livesOf(evidence)) {
    for (const commit of life.commits) {
      if (commit.header?.pause !== "crash-loop" || commit.previous?.pause === "crash-loop") continue;
      const problem = wronglyHeld(evidence, life, commit);
      if (problem !== null) yield { problem, run: life.run, fact: commit.fact };
    }
  }
}

/** Claims that started bodies, one after the other, with no commit and no orderly end in between. */
function* endlessLoops(evidence: Evidence): Iterable<Violation> {
  const starting = new Map(startsOf(evidence).map(({ holding, began }) => [holding, began.n]));
  const barren = new Map<string, { readonly loops: number; readonly after: Commit | undefined }>();
  for (const holding of allHoldings(evidence)) {
    const started = starting.get(holding);
    if (started === undefined) continue;
    const { run, life, from } = holding;
    const after = progressBefore(life, from);
    const before = barren.get(run);
    const loops = isBarren(holding) ? (before?.after === after ? (before?.loops ?? 0) : 0) + 1 : 0;
    barren.set(run, { loops, after });
    if (loops > mostLoops(evidence))
      yield { problem: `bodies started in ${loops} claims without any commit`, run, fact: started };
  }
}

/** A bare pass that goes on in place has been counted already when it comes to the body that ends it. */
function mostLoops(evidence: Evidence): number {
  return limitsOf(evidence).crashBudget + (evidence.scenario.bare === undefined ? 1 : 2);
}

function isBarren({ life, from, taken, givenUp }: Holding): boolean {
  if (givenUp < taken) return false;
  return !life.commits.some((commit) => isProgress(commit) && commit.fact > from && commit.fact < taken);
}

/** A bare driver knows no claims: starts that may be in vain are counted by commits of their own. */
function isProgress({ header, previous }: Commit): boolean {
  return (header?.barrenStarts ?? 0) <= (previous?.barrenStarts ?? 0);
}

function progressBefore(life: Life, n: number): Commit | undefined {
  return life.commits.findLast((commit) => commit.fact < n && isProgress(commit));
}

function wronglyHeld(evidence: Evidence, life: Life, { fact }: Commit): string | null {
  const since = progressBefore(life, fact)?.fact ?? life.from;
  const bare = evidence.scenario.bare !== undefined;
  // The commit that counts the start of a bare run may store what came before it, too.
  const barren = holdingsOf(evidence, life.run).filter(
    ({ from, taken, givenUp }) => (bare ? taken : from) > since && taken < fact && givenUp > taken,
  );
  if (barren.length <= limitsOf(evidence).crashBudget)
    return `the run is held for a crash loop after ${barren.length} claims without any commit`;
  // Platforms of bare runs keep them apart, each in a process of its own; here they are in one.
  if (bare) return null;
  const beside = barren.filter((holding) => endedByAnother(evidence, holding)).length;
  if (beside < barren.length) return null;
  return "the run is held for a crash loop, and nothing but bodies of other runs had ended its processes";
}

/** What can end a claim without a commit. */
const TROUBLE: ReadonlySet<string> = new Set([
  "body-killed",
  "fault",
  "process-killed",
  "process-stopping",
  "process-paused",
  "clock-set",
]);

function endedByAnother({ facts }: Evidence, { process, run, from, taken }: Holding): boolean {
  for (let n = from; n < taken; n++) {
    const fact = facts[n];
    if (fact === undefined || fact.process !== process || !TROUBLE.has(fact.type)) continue;
    return fact.type === "body-killed" && (fact as FactOf<"body-killed">).run !== run;
  }
  return false;
}
