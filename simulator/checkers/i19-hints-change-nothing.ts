import { isTerminal } from "#holdfast/model/run.ts";
import type { NewMessage } from "#holdfast/storage/records.ts";
import { callsBefore } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { allHoldings, type Holding, holdingsOf } from "../evidence/holdings.ts";
import { type Commit, commitBefore, type Life, livesOf } from "../evidence/lives.ts";
import { queueOf } from "../evidence/queues.ts";
import { mustBeClaimedBy } from "../evidence/quiet.ts";
import { checkerOf } from "./checker-of.ts";
import { keptBy } from "./i15-retention.ts";

const OPERATORS = ["cancel", "pause", "resume", "recover", "rewind"] as const;

export const hintsChangeNothing = checkerOf(
  "I19",
  "lost, late and false hints cost time only: no run is taken up that is not due, and none waits for its message for ever",
  function* (evidence) {
    // Whoever has the handle of a bare run may have it look at any time.
    const claims = evidence.scenario.bare === undefined ? allHoldings(evidence) : [];
    for (const holding of claims) {
      const problem = prematurity(evidence, holding);
      if (problem !== null) yield { problem, run: holding.run, fact: holding.from };
    }
    for (const life of livesOf(evidence)) {
      yield* unheard(evidence, life);
      yield* unread(evidence, life);
    }
  },
);

/** Why a claim had no ground. */
function prematurity(evidence: Evidence, { life, run, process, from, fromAt }: Holding): string | null {
  const last = commitBefore(life, from);
  if (last === undefined || from > life.damagedAt) return null;
  const { status, wakeAt } = last.record;
  if (callsBefore(evidence, { run, n: from, apis: OPERATORS }).some(({ began }) => began.process === process))
    return null;
  // Whoever deletes what is over takes it first.
  if (isTerminal(status) && keptBy(evidence, process) !== undefined) return null;
  if (isTerminal(status) || status === "paused") return `the run was claimed, which is ${status}`;
  const asleep = status === "sleeping" || (status === "rolling_back" && wakeAt !== null);
  if (!asleep || (wakeAt !== null && wakeAt <= fromAt)) return null;
  if (wasWoken(evidence, life, from) || isWanted(evidence, life, last, from)) return null;
  return `the run was claimed, which sleeps until ${wakeAt} with nothing for it`;
}

/** A wake that no claim has answered; who asks for a cancel wakes the run too. */
function wasWoken({ facts }: Evidence, life: Life, before: number): boolean {
  return facts.some(
    (fact) =>
      fact.type === "requested" &&
      fact.run === life.run &&
      fact.what !== "pause" &&
      fact.n > life.from &&
      fact.n < before,
  );
}

function isWanted(evidence: Evidence, life: Life, { record }: Commit, before: number): boolean {
  for (const { message, arrivals, consumed } of queueOf(evidence, life).fates.values()) {
    if (record.wants?.includes(message.name) !== true) continue;
    const here = arrivals.filter((n) => n < before).length;
    if (here > consumed.filter(({ fact }) => fact < before).length) return true;
  }
  return false;
}

/** Messages that a sleeping run wanted and that were not looked at, though nothing was wrong. */
function* unheard(evidence: Evidence, life: Life) {
  for (const { message, arrivals } of queueOf(evidence, life).fates.values()) {
    for (const n of arrivals) {
      const by = isHeard(evidence, life, { message, n });
      if (by === null) continue;
      const problem = `message ${message.id} woke the run, and nobody had taken it up ${by} ms later`;
      yield { problem, run: life.run, fact: n };
    }
  }
}

/** Messages that a run wants at the end, and that were there for long while nothing was wrong. */
function* unread(evidence: Evidence, life: Life) {
  const stored = evidence.stored.runs.find(({ row }) => row.workflowId === life.run);
  if (stored === undefined || life.to < Number.POSITIVE_INFINITY || life.damagedAt < Number.POSITIVE_INFINITY)
    return;
  const { row, messages } = stored;
  if (row.status !== "sleeping") return;
  for (const { id, name, expiresAt } of messages) {
    const n = queueOf(evidence, life).fates.get(id)?.arrivals.at(-1);
    const since = Math.max(evidence.facts[n ?? -1]?.at ?? evidence.endedAt, row.updatedAt);
    const by =
      row.wants?.includes(name) === true && expiresAt === null ? mustBeClaimedBy(evidence, since) : null;
    if (by !== null)
      yield { problem: `the run waits for message ${id}, which is queued`, run: life.run, fact: n ?? null };
  }
}

/** Null: as it should be; else how long it was waited for. */
function isHeard(evidence: Evidence, life: Life, at: { message: NewMessage; n: number }): number | null {
  const last = commitBefore(life, at.n + 1);
  const fact = evidence.facts[at.n];
  if (last === undefined || fact === undefined || life.damagedAt < Number.POSITIVE_INFINITY) return null;
  if (last.record.status !== "sleeping" || last.record.wants?.includes(at.message.name) !== true) return null;
  const holdings = holdingsOf(evidence, life.run);
  // Whoever holds the run when the message comes looks again before it lets go.
  if (holdings.some(({ from, givenUp, taken }) => from < at.n && Math.min(givenUp, taken) > at.n))
    return null;
  const by = mustBeClaimedBy(evidence, fact.at);
  if (by === null) return null;
  const next = holdings.find(({ from }) => from > at.n)?.fromAt ?? evidence.facts[life.to]?.at;
  return next !== undefined && next <= by ? null : by - fact.at;
}
