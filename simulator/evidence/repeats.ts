import { LATE_FAULTS } from "../world/fault.ts";
import { callsOf } from "./calls.ts";
import type { Evidence } from "./evidence.ts";
import { holdingsOf } from "./holdings.ts";
import { generationAt } from "./lives.ts";
import type { Start } from "./starts.ts";

const TAKEN_BY = new Set(["evict", "pause", "cancel", "rewind", "recover", "delete"]);
const LEFT_BY = new Set([
  "process-killed",
  "process-stopping",
  "process-stopped",
  "process-paused",
  "left-behind",
]);

/** A host stops at five sixths of its lease by its own clock, which may be fast. */
const LEFT_EARLY = 1 / 5;

/** Each start with the last one before it of the same attempt, unless an operator took results back in between. */
export function* repeats(starts: readonly Start[]): Iterable<readonly [Start, Start]> {
  const last = new Map<string, Start>();
  for (const start of starts) {
    const { attempt, n } = start.began;
    // Who does not know yet that the run was taken from it has what there was before.
    const identity = `${attempt} ${generationAt(start.life, Math.min(n, start.holding.taken))}`;
    const before = last.get(identity);
    if (before !== undefined) yield [before, start];
    last.set(identity, start);
  }
}

/** Whether something had stopped the start before: its process, its claim, or somebody outside. */
export function hadReason(evidence: Evidence, before: Start, again: Start): boolean {
  const { run, process, n } = before.began;
  // Who does not know yet that the run was taken from it goes on for a while.
  if (!before.held || !again.held || before.aborted !== null) return true;
  const { until, leaseMs } = before.holding;
  if (again.holding.fromAt >= until - leaseMs * LEFT_EARLY - 2 * evidence.scenario.latencyMs) return true;
  if (mayMissRenewals(evidence, before)) return true;
  const between = { run, from: n, to: again.began.n };
  if (wasTaken(evidence, between) || wasTakenLate(evidence, between)) return true;
  for (let i = n + 1; i < again.began.n; i++) {
    const fact = evidence.facts[i];
    if (fact === undefined) continue;
    if (fact.process === process && (fact.type === "fault" || LEFT_BY.has(fact.type))) return true;
    // The engine holds a run whose bytes are damaged, or whose commit is too large.
    if (fact.type === "committed" && fact.run === run && fact.record.status === "paused") return true;
  }
  return false;
}

/** Whoever goes on after a pause, or was not answered, may hear too late or never that its lease was renewed. */
function mayMissRenewals({ facts }: Evidence, { began, holding }: Start): boolean {
  for (let n = began.n - 1; n >= 0; n--) {
    const fact = facts[n];
    if (fact === undefined || fact.at < began.at - holding.leaseMs) return false;
    if (fact.process !== began.process) continue;
    if (fact.type === "process-continued" || (fact.type === "fault" && fact.operation === "renew"))
      return true;
  }
  return false;
}

interface Between {
  readonly run: string;
  readonly from: number;
  readonly to: number;
}

/** Whether somebody's claim of the run, that was asked for before and thought to have failed, was applied between two facts. */
function wasTakenLate(evidence: Evidence, { run, from, to }: Between): boolean {
  const lateClaims = evidence.facts.filter(
    (fact) => fact.type === "fault" && fact.operation === "claim" && LATE_FAULTS.has(fact.fault),
  );
  return holdingsOf(evidence, run).some(
    (claim) =>
      claim.from > from &&
      claim.from < to &&
      claim.usedAt === Number.POSITIVE_INFINITY &&
      lateClaims.some(({ process, n }) => process === claim.process && n < claim.from),
  );
}

/** Whether somebody outside was at work on the run at some time between two facts. */
function wasTaken(evidence: Evidence, { run, from, to }: Between): boolean {
  return callsOf(evidence).some(
    ({ began, ended }) =>
      began.run === run &&
      TAKEN_BY.has(began.what.api) &&
      began.n < to &&
      (ended?.n ?? Number.POSITIVE_INFINITY) > from,
  );
}
