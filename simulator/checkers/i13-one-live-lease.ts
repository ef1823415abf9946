import { callsBefore } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { allHoldings, type Holding, holdingsOf } from "../evidence/holdings.ts";
import { checkerOf } from "./checker-of.ts";

export const oneLiveLease = checkerOf(
  "I13",
  "one process at most holds a live lease of a run, by the store's clock; a host that is well keeps its own",
  function* (evidence) {
    if (evidence.scenario.bare !== undefined) return;
    for (const holding of allHoldings(evidence)) {
      const before = holdingsOf(evidence, holding.run).findLast(
        ({ life, from }) => life === holding.life && from < holding.from,
      );
      if (before === undefined) continue;
      const at = { run: holding.run, fact: holding.from };
      if (holding.epoch <= before.epoch)
        yield { problem: `epoch ${holding.epoch} was given after ${before.epoch}`, ...at };
      if (before.givenUp < holding.from || before.until <= holding.fromAt) continue;
      if (mayForce(evidence, holding)) continue;
      const left = before.until - holding.fromAt;
      yield { problem: `the run was claimed while a lease of ${before.process} had ${left} ms left`, ...at };
    }
    yield* revivals(evidence);
    yield* neglected(evidence);
  },
);

/** Whoever cancels or rewinds a run takes it from its holder. */
function mayForce(evidence: Evidence, { run, from, process }: Holding): boolean {
  const calls = callsBefore(evidence, { run, n: from, apis: ["cancel", "rewind"] });
  return calls.some(({ began }) => began.process === process);
}

/** An expired lease is not extended, even if nobody took the run. */
function* revivals(evidence: Evidence) {
  const ends = new Map<string, { readonly epoch: number; readonly until: number }>();
  for (const fact of evidence.facts) {
    if (fact.type === "claimed")
      ends.set(fact.run, { epoch: fact.claim.epoch, until: fact.record.lease?.until ?? fact.at });
    if (fact.type !== "renewed" || !fact.held) continue;
    const lease = ends.get(fact.run);
    if (lease !== undefined && (lease.epoch !== fact.epoch || lease.until <= fact.at)) {
      const problem = `the lease of epoch ${fact.epoch} was renewed, though it was over`;
      yield { problem, run: fact.run, fact: fact.n };
    }
    ends.set(fact.run, { epoch: fact.epoch, until: fact.until });
  }
}

/** What can keep a host from renewing a lease in time. */
const TROUBLE: ReadonlySet<string> = new Set([
  "fault",
  "process-killed",
  "process-stopping",
  "process-stopped",
  "process-paused",
]);
/** An answer may be on its way for long because of a fault that came before. */
const LONGEST_ANSWER_MS = 20_000;

/** Leases that ended while their host had the run and nothing was wrong with it. */
function* neglected(evidence: Evidence) {
  for (const { run, process, until, from, fromAt, givenUp, taken } of allHoldings(evidence)) {
    const end = evidence.facts[Math.min(givenUp, taken)]?.at ?? evidence.endedAt;
    if (end <= until || !/^host-\d+$/.test(process)) continue;
    const troubled = evidence.facts.some(
      (fact) =>
        fact.process === process &&
        TROUBLE.has(fact.type) &&
        fact.at >= fromAt - LONGEST_ANSWER_MS &&
        fact.at <= until,
    );
    if (!troubled) yield { problem: `${process} let its lease end, and nothing kept it`, run, fact: from };
  }
}
