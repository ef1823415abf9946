import type { RecordOf } from "../ledger/ledger-record.ts";
import { type Evidence, groupBy, type Standstill } from "./evidence.ts";
import type { Violation } from "./violation.ts";

type Commit = RecordOf<"commit">;

/** I12: along the revisions of a run epochs only grow, and each revision was made once. */
export function judgeCommits(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const commits of groupBy(evidence.of("commit"), ({ run }) => [run]).values()) {
    const ordered = [...commits].sort((a, b) => a.revision - b.revision);
    for (let i = 1; i < ordered.length; i++) {
      violations.push(...disorder(ordered[i - 1] as Commit, ordered[i] as Commit));
    }
  }
  return violations;
}

function disorder(before: Commit, after: Commit): Violation[] {
  const { run } = after;
  if (before.revision === after.revision) {
    const problem = `revision ${after.revision} was acknowledged to ${before.process} and to ${after.process}`;
    return [{ invariant: "I12", run, problem }];
  }
  if (before.epoch <= after.epoch) return [];
  const problem = `revision ${after.revision} is of epoch ${after.epoch}, the one before of epoch ${before.epoch}`;
  return [{ invariant: "I12", run, problem }];
}

/**
 * I12: whoever lost a claim starts and commits nothing under it any more. A claim is lost when another one is had; an
 * operator's, which is taken by force, when the loser is told.
 */
export function judgeZombies(evidence: Evidence): Violation[] {
  const losses = evidence.of("claim", "fenced").filter((loss) => loss.type === "fenced" || !loss.forced);
  const lossesOf = groupBy(losses, ({ run }) => [run]);
  return evidence.of("body-start", "handler-start", "commit", "renew").flatMap((deed) => {
    const { run, epoch, process, type } = deed;
    const since = "askedAt" in deed ? deed.askedAt : startOf(deed, evidence.standstills);
    const loss = (lossesOf.get(JSON.stringify([run])) ?? []).find(
      (one) => loses(one, epoch) && one.at < since,
    );
    if (loss === undefined) return [];
    const problem = `${process} went on (${type}) under epoch ${epoch}, ${(since - loss.at).toFixed(1)} ms after ${loss.process} had epoch ${loss.epoch} (${loss.type})`;
    return [{ invariant: "I12", run, problem }];
  });
}

/**
 * When a body or handler started: nobody can look at the clock and start at one instant, so of a process that stood still
 * in between it is the look.
 */
function startOf(
  start: RecordOf<"body-start" | "handler-start">,
  standstills: readonly Standstill[],
): number {
  const { process, lookedAt, at } = start;
  const stood = standstills.some((one) => one.process === process && one.from < at && one.to > lookedAt);
  return stood ? lookedAt : at;
}

function loses(loss: RecordOf<"claim" | "fenced">, epoch: number): boolean {
  return loss.type === "fenced" ? loss.epoch === epoch : loss.epoch > epoch;
}
