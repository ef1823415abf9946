import type { Evidence } from "../evidence/evidence.ts";
import { holdingOf, holdingsOf } from "../evidence/holdings.ts";
import { type Commit, entryAt, type Life, livesOf, versionAt } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { receivedBy } from "../evidence/queues.ts";
import { mustBeClaimedBy } from "../evidence/quiet.ts";
import { startsOf } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";
import { heartbeatProblems } from "./i18-heartbeats.ts";

/** Rounding of clocks to whole milliseconds. */
const ROUNDING_MS = 2;
/** A clock that goes faster than true time makes a duration shorter. */
const FASTEST = 0.95;

export const timersOnTime = checkerOf(
  "I18",
  "no timer fires before its deadline by the store's clock; deadlines never move; when all is quiet they are kept",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      for (const commit of life.commits) {
        for (const problem of deadlineProblems(evidence, life, commit))
          yield { problem, run: life.run, fact: commit.fact };
      }
      yield* overslept(evidence, life);
    }
    yield* heartbeatProblems(evidence);
    for (const { began, held, life } of startsOf(evidence)) {
      if (!held || began.attempt < 2) continue;
      const version = versionAt(life, began.path, began.n);
      const { entry } = version ?? { entry: null };
      const due = (began.role === "body" ? entry?.dueAt : entry?.compensation?.retryAt) ?? 0;
      const fullMs = began.role === "body" ? due - (entry?.settledAt ?? due) : 0;
      // There was nothing to wait for: who wrote when may have been wrong about the store's clock.
      if (began.role === "body" && fullMs === 0) continue;
      const early = due - began.at - clockError(evidence, began);
      const failedAt = begunAt(evidence, began.run, { fact: version?.fact, reckoned: entry?.settledAt });
      if (early <= 0 || waitedInFull(began.at - failedAt, fullMs)) continue;
      const problem = `attempt ${began.attempt} at "${began.path}" started ${early} ms before its backoff was over`;
      yield { problem, run: began.run, fact: began.n };
    }
  },
);

function* deadlineProblems(evidence: Evidence, life: Life, commit: Commit): Iterable<string> {
  if (commit.resets || commit.batch === null) return;
  for (const { path, before, after } of commit.entries) {
    if (before === null && after?.kind === "sleep" && after.status === "completed") {
      const shortMs =
        sleepAt(evidence, life, path) * FASTEST - ROUNDING_MS - (after.settledAt - after.createdAt);
      if (shortMs > 0) yield `the sleep at "${path}" ended at least ${Math.ceil(shortMs)} ms too early`;
    }
    if (before === null || after === null || before.status !== "pending") continue;
    if (before.kind !== "sleep" && before.kind !== "message") continue;
    if (after.status === "pending") {
      if (after.dueAt !== before.dueAt)
        yield `the deadline at "${path}" moved from ${before.dueAt} to ${after.dueAt}`;
      continue;
    }
    const byClock = before.kind === "sleep" || receivedBy(after) === null;
    if (!byClock || before.dueAt === null) continue;
    const { process, fact: n, at } = commit;
    const early = before.dueAt - at - clockError(evidence, { run: life.run, process, n, at });
    const stored = versionAt(life, path, n)?.fact;
    const waitedMs = at - begunAt(evidence, life.run, { fact: stored, reckoned: before.createdAt });
    const fullMs = before.dueAt - before.createdAt;
    // There was nothing to wait for: who wrote when may have been wrong about the store's clock.
    if (fullMs <= 0) continue;
    if (early > 0 && !waitedInFull(waitedMs, fullMs))
      yield `the timer at "${path}" fired ${early} ms before its deadline`;
  }
  if (commit.record.status !== "sleeping") return;
  for (const [path, dueAt] of openSleeps(evidence, life, commit)) {
    const { wakeAt } = commit.record;
    if (wakeAt === null || wakeAt > Math.max(dueAt, commit.at))
      yield `the run sleeps until ${wakeAt}, past the deadline at "${path}"`;
  }
}

/** How long the code sleeps there; 0 where that is not certain. */
function sleepAt(evidence: Evidence, life: Life, path: string): number {
  const program = programOf(evidence, life);
  const [statement, ...others] = program === undefined ? [] : outlineOf(program).at(path);
  return statement?.kind === "sleep" && others.length === 0 ? statement.ms : 0;
}

/**
 * Whether the whole duration was waited for since it was stored: who wrote the deadline may have been wrong about the store's clock,
 * and nobody has to wait longer for that.
 */
function waitedInFull(waitedMs: number, fullMs: number): boolean {
  return fullMs > 0 && waitedMs >= fullMs * FASTEST - ROUNDING_MS;
}

/**
 * Since when whoever still has the run in memory has waited: since that began, and not since it was stored. The time that is stored with
 * it is that of the store's clock as its process reckoned it.
 */
function begunAt(
  evidence: Evidence,
  run: string,
  { fact: n, reckoned }: { readonly fact: number | undefined; readonly reckoned: number | undefined },
): number {
  const fact = evidence.facts[n ?? -1];
  if (fact === undefined || reckoned === undefined) return timeOf(evidence, n);
  const { process, at } = fact;
  return Math.min(at, reckoned - clockError(evidence, { run, process, n: fact.n, at }));
}

function timeOf({ facts }: Evidence, n: number | undefined): number {
  return facts[n ?? -1]?.at ?? 0;
}

/** How wrong the process may be about the store's clock: as its own went since the claim told it. */
function clockError(
  evidence: Evidence,
  at: { readonly run: string; readonly process: string; readonly n: number; readonly at: number },
): number {
  const number = /^host-(\d+)$/.exec(at.process)?.[1];
  const rate = evidence.scenario.hosts[Number(number ?? -1)]?.clockRate ?? 1;
  const since = holdingOf(evidence, at)?.fromAt ?? 0;
  return Math.max(0, rate - 1) * (at.at - since) + ROUNDING_MS;
}

/** Sleeps at the root that wait: nothing has left their scope, and no code goes past them. */
function* openSleeps(evidence: Evidence, life: Life, { fact }: Commit): Iterable<readonly [string, number]> {
  const program = programOf(evidence, life);
  for (const path of life.versions.keys()) {
    if (path.includes("/")) continue;
    const statements = program === undefined ? [] : outlineOf(program).at(path);
    if (statements.some(({ kind }) => kind === "removed")) continue;
    const entry = entryAt(life, path, fact + 1);
    if (entry?.kind === "sleep" && entry.status === "pending" && entry.dueAt !== null)
      yield [path, entry.dueAt];
  }
}

/** Runs whose time came when nothing was wrong, and that nobody took up. */
function* overslept(evidence: Evidence, life: Life) {
  for (const [index, { record, fact }] of life.commits.entries()) {
    if (record.status !== "sleeping" || record.wakeAt === null || fact > life.damagedAt) continue;
    const by = mustBeClaimedBy(evidence, record.wakeAt);
    if (by === null) continue;
    const next = holdingsOf(evidence, life.run).find(({ from }) => from > fact);
    const changed = next?.fromAt ?? evidence.facts[life.commits[index + 1]?.fact ?? -1]?.at;
    const gone = evidence.facts[life.to]?.at;
    if (Math.min(changed ?? Number.POSITIVE_INFINITY, gone ?? Number.POSITIVE_INFINITY) <= by) continue;
    const problem = `the run was due at ${record.wakeAt}, and nobody had taken it up ${by - record.wakeAt} ms later`;
    yield { problem, run: life.run, fact };
  }
}
