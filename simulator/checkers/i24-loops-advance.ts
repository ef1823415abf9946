import type { Evidence } from "../evidence/evidence.ts";
import { type Commit, entryAt, type Life, livesOf } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import type { LoopStatement } from "../program/program.ts";
import { checkerOf } from "./checker-of.ts";

export const loopsAdvance = checkerOf(
  "I24",
  "loops only advance; pruning keeps the last iterations, removes the older ones, and nothing outside of the loop",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      for (const commit of life.commits) {
        if (commit.resets || commit.batch === null) continue;
        const at = { run: life.run, fact: commit.fact };
        for (const { path, before, after } of commit.entries) {
          if (before?.kind === "loop" && after !== null && after.count < before.count)
            yield { problem: `the loop "${path}" went back from ${before.count} to ${after.count}`, ...at };
          if (before === null || after !== null) continue;
          const problem = removalProblem(evidence, life, { commit, path });
          if (problem !== null) yield { problem, ...at };
        }
      }
      yield* leftovers(evidence, life);
    }
  },
);

/** Whatever code removes is in an iteration that is old enough, or in a branch that lost its race. */
function removalProblem(
  evidence: Evidence,
  life: Life,
  { commit, path }: { readonly commit: Commit; readonly path: string },
): string | null {
  let problem = `"${path}" was removed, which no loop and no race had left behind`;
  const parts = path.split("/");
  for (const [depth, part] of parts.entries()) {
    const block = parts.slice(0, depth).join("/");
    const entry = entryAt(life, block, commit.fact + 1) ?? entryAt(life, block, commit.fact);
    if (part.startsWith("~") && entry?.kind === "race" && entry.status !== "pending") return null;
    if (!part.startsWith("#") || entry?.kind !== "loop") continue;
    const iteration = Number(part.slice(1));
    const kept = Math.min(...loopsAt(evidence, life, block).map(({ historySize }) => historySize));
    if (!Number.isFinite(kept) || iteration < entry.count - kept) return null;
    problem = `"${path}" was removed, at iteration ${entry.count} of a loop that keeps ${kept}`;
  }
  return problem;
}

function loopsAt(evidence: Evidence, life: Life, path: string): readonly LoopStatement[] {
  const program = programOf(evidence, life);
  const statements = program === undefined ? [] : outlineOf(program).at(path);
  return statements.filter((statement) => statement.kind === "loop");
}

/** Iterations that are still there at the end, without an armed handler and too old to be. */
function* leftovers(evidence: Evidence, life: Life) {
  const end = Number.POSITIVE_INFINITY;
  const found = new Set<string>();
  for (const path of life.versions.keys()) {
    if (entryAt(life, path, end) === null) continue;
    const parts = path.split("/");
    for (const [depth, part] of parts.entries()) {
      if (!part.startsWith("#")) continue;
      const block = parts.slice(0, depth).join("/");
      const loop = entryAt(life, block, end);
      const iteration = `${block}/${part}`;
      const armed = entryAt(life, iteration, end) !== null;
      if (loop?.kind !== "loop" || armed || found.has(iteration)) continue;
      const kept = Math.max(
        ...loopsAt(evidence, life, block).map(
          ({ historySize, pruneInterval }) => historySize + pruneInterval,
        ),
      );
      if (!Number.isFinite(kept) || Number(part.slice(1)) >= loop.count - kept) continue;
      found.add(iteration);
      const problem = `"${iteration}" is still there at iteration ${loop.count} of a loop that keeps ${kept}`;
      yield { problem, run: life.run, fact: null };
    }
  }
}
