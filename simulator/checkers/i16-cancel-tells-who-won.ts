import type { RunState } from "#holdfast/model/run.ts";
import { type Call, callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type Commit, type Life, livesOfRun } from "../evidence/lives.ts";
import { canonicalText } from "../program/canonical.ts";
import { slowestMs } from "../world/scenario.ts";
import { checkerOf } from "./checker-of.ts";

const WON = canonicalText({ cancelled: true });
const LOSING_STATES: readonly RunState[] = ["completed", "failed", "cancelled", "rolling_back"];

export const cancelTellsWhoWon = checkerOf(
  "I16",
  "who cancels is told whether that won; if it did, no result is committed after it",
  function* (evidence) {
    for (const call of callsOf(evidence)) {
      const { began, ended } = call;
      if (began.what.api !== "cancel" || ended?.outcome.ok !== true) continue;
      const at = { run: began.run, fact: ended.n };
      if (ended.outcome.value === WON) {
        if (cancellation(evidence, call) === undefined)
          yield { problem: "a cancel won, and no commit made the run cancelled", ...at };
        continue;
      }
      const told = (ended.outcome as { readonly value: string }).value;
      const state = LOSING_STATES.find((one) => told === canonicalText({ cancelled: false, state: one }));
      if (state === undefined || !wasIn(evidence, call, state))
        yield { problem: `a cancel was told ${told}, which the run was not during the call`, ...at };
    }
    yield* resultsAfterwards(evidence);
  },
);

function isCancellation({ record, header, previous }: Commit): boolean {
  if (record.status === "cancelled") return true;
  return record.status === "rolling_back" && header?.rollback === "cancel" && previous?.rollback !== "cancel";
}

function cancellation(evidence: Evidence, { began, ended }: Call): Commit | undefined {
  const until = ended?.n ?? Number.POSITIVE_INFINITY;
  for (const life of livesOfRun(evidence, began.run)) {
    const found = life.commits.find(
      (commit) => commit.fact > began.n && commit.fact < until && isCancellation(commit),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function wasIn(evidence: Evidence, call: Call, state: RunState): boolean {
  const { began, ended } = call;
  const until = ended?.n ?? Number.POSITIVE_INFINITY;
  const since = knownSince(evidence, call);
  return livesOfRun(evidence, began.run).some((life) =>
    life.commits.some(({ record, header, fact }, i) => {
      const next = life.commits[i + 1]?.fact ?? life.to;
      const paused = record.status === "paused" && header?.rollback !== "none";
      const was = record.status === state || (state === "rolling_back" && paused);
      return was && fact < until && next > since;
    }),
  );
}

/** A bare run's pass knows of its own commit only when it is answered. */
function knownSince({ facts, scenario }: Evidence, { began }: Call): number {
  if (scenario.bare === undefined) return began.n;
  const longestMs = scenario.latencyMs + ((scenario.rates.slow ?? 0) > 0 ? slowestMs(scenario) : 0);
  return facts.findIndex(({ at }) => at >= began.at - longestMs);
}

/** After a cancellation nothing settles but compensation, until an operator takes the run back. */
function* resultsAfterwards(evidence: Evidence) {
  const runs = new Set(callsOf(evidence).map(({ began }) => began.run));
  for (const run of runs) {
    for (const life of livesOfRun(evidence, run)) yield* resultsAfterCancel(life);
  }
}

function* resultsAfterCancel(life: Life) {
  let cancelled = false;
  for (const commit of life.commits) {
    if (commit.resets) cancelled = false;
    else if (cancelled) {
      const late = commit.entries.find(
        ({ before, after }) =>
          after !== null &&
          after.status !== "pending" &&
          // A gate that newer code asks for while it is rolled back is pinned like any other.
          after.kind !== "version" &&
          (before === null || before.status === "pending"),
      );
      if (late !== undefined) {
        const problem = `the result at "${late.path}" was committed after the run was cancelled`;
        yield { problem, run: life.run, fact: commit.fact };
      }
    }
    if (isCancellation(commit)) cancelled = true;
  }
}
