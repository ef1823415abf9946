import type { Evidence } from "../evidence/evidence.ts";
import { type Holding, holdingsOf } from "../evidence/holdings.ts";
import type { Commit, Life } from "../evidence/lives.ts";
import { type Fate, queueOf } from "../evidence/queues.ts";
import type { Violation } from "./checker.ts";

/** Rounding of clocks to whole milliseconds. */
const ROUNDING_MS = 2;

/** Messages that were received by a claim that was given after they had expired. */
export function* expiryProblems(evidence: Evidence, life: Life): Iterable<Violation> {
  const { receipts, fates } = queueOf(evidence, life);
  for (const { commit, path, messages } of receipts) {
    const holding = holdingAt(evidence, commit);
    if (holding === undefined || commit.fact > life.damagedAt) continue;
    for (const { id } of messages) {
      const expiresAt = expiryOf(fates.get(id));
      if (expiresAt === null || holding.fromAt < expiresAt) continue;
      const late = holding.fromAt - expiresAt;
      const problem = `"${path}" received message ${id}, which had expired ${late} ms before the run was claimed`;
      yield { problem, run: life.run, fact: commit.fact };
    }
  }
}

/** Whether the message may go with the commit because its time is over, by the store's clock as its process knows it. */
export function mayHaveExpired(evidence: Evidence, commit: Commit, fate: Fate): boolean {
  // What a rewind has put back is good for ever.
  if (fate.message.expiresAt === null) return false;
  const fastest = Math.max(1, ...evidence.scenario.hosts.map(({ clockRate }) => clockRate)) - 1;
  const heldMs = commit.at - (holdingAt(evidence, commit)?.fromAt ?? 0);
  return fate.message.expiresAt <= commit.at + fastest * heldMs + ROUNDING_MS;
}

/** Null: it does not expire, or was put back by a rewind and does not any more. */
function expiryOf(fate: Fate | undefined): number | null {
  return fate === undefined || fate.arrivals.length > 1 ? null : fate.message.expiresAt;
}

function holdingAt(evidence: Evidence, { record, fact }: Commit): Holding | undefined {
  return holdingsOf(evidence, record.workflowId).findLast(({ from }) => from < fact);
}
