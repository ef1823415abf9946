import { KeySpace } from "#holdfast/history/key.ts";
import { isTerminal, type RunState } from "#holdfast/model/run.ts";
import { callsBefore } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type Commit, type Life, livesOf } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";
import { retentionProblems } from "./i15-retention.ts";
import { toldEnds } from "./i15-told-ends.ts";

export const finalStates = checkerOf(
  "I15",
  "a terminal status is written once and left by recover and rewind only; output and error are there when they belong, and told as they are; only what has ended is deleted by itself",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      const rows = new Set<number>();
      let status: RunState | null = null;
      let resets = 0;
      for (const commit of life.commits) {
        const at = { run: life.run, fact: commit.fact };
        if (commit.resets && !wasAsked(evidence, life, { commit, resets: ++resets }))
          yield { problem: "recorded results were taken back, and nobody had asked for it", ...at };
        if (status !== null && isTerminal(status) && !commit.resets && commit.fact < life.damagedAt)
          yield { problem: `the run was ${status}, and a commit made it ${commit.record.status}`, ...at };
        status = commit.record.status;
        for (const [space, body] of commit.singles) {
          if (body === null) rows.delete(space);
          else rows.add(space);
        }
        if (commit.fact < life.damagedAt)
          for (const problem of misplaced(status, rows)) yield { problem, ...at };
      }
    }
    yield* retentionProblems(evidence);
    yield* toldEnds(evidence);
  },
);

/** Each reset was asked for by a call of its own, or by one whose answer was lost on the way. */
function wasAsked(evidence: Evidence, life: Life, at: { commit: Commit; resets: number }): boolean {
  const calls = callsBefore(evidence, { run: life.run, n: at.commit.fact, apis: ["recover", "rewind"] });
  return calls.length >= at.resets;
}

function* misplaced(status: RunState, rows: ReadonlySet<number>): Iterable<string> {
  if (rows.has(KeySpace.output) !== (status === "completed"))
    yield `the run is ${status} and has ${rows.has(KeySpace.output) ? "an" : "no"} output`;
  if (status === "failed" && !rows.has(KeySpace.error)) yield "the run failed and has no error";
  if (rows.has(KeySpace.error) && (status === "completed" || status === "pending" || status === "running"))
    yield `the run is ${status} and has an error`;
}
