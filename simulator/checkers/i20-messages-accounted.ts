import { isTerminal } from "#holdfast/model/run.ts";
import { callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type Commit, commitBefore, livesOf, livesOfRun } from "../evidence/lives.ts";
import { queueOf, receiptsIn } from "../evidence/queues.ts";
import { checkerOf } from "./checker-of.ts";

/** Blocks that leave code behind, and with it entries of messages that were consumed. */
const LEAVING: ReadonlySet<string> = new Set(["race", "loop", "map"]);

export const messagesAccounted = checkerOf(
  "I20",
  "each acknowledged message is queued, or consumed by one commit that records it; each consumed one had been queued",
  function* (evidence) {
    yield* lostSends(evidence);
    for (const life of livesOf(evidence)) {
      const { run } = life;
      const { unknown, fates } = queueOf(evidence, life);
      for (const { commit, messageId } of unknown)
        yield { problem: `message ${messageId} was consumed and was not queued`, run, fact: commit.fact };
      for (const commit of life.commits) {
        for (const problem of mismatches(commit, (id) => fates.get(id)?.message.expiresAt != null))
          yield { problem, run, fact: commit.fact };
      }
      for (const [id, { arrivals }] of fates) {
        const [first] = arrivals;
        const status = commitBefore(life, first ?? 0)?.record.status;
        if (first === undefined || status === undefined || !isTerminal(status)) continue;
        if (evidence.facts[first]?.type === "enqueued" && first < life.damagedAt)
          yield { problem: `message ${id} was taken, and the run is ${status}`, run, fact: first };
      }
      if (life.to !== Number.POSITIVE_INFINITY) continue;
      const dump = evidence.stored.runs.find(({ row }) => row.workflowId === run);
      const queued = new Set(dump?.messages.map(({ id }) => id));
      for (const [id, { arrivals, consumed }] of fates) {
        const places = consumed.length + (queued.has(id) ? 1 : 0);
        if (places === arrivals.length) continue;
        const problem = `message ${id} came ${arrivals.length} times and is found in ${places} places at the end`;
        yield { problem, run, fact: null };
      }
    }
  },
);

/** Sends that were acknowledged and never reached a queue. */
function* lostSends(evidence: Evidence) {
  for (const { began, ended } of callsOf(evidence)) {
    const { what, run } = began;
    if ((what.api !== "send" && what.api !== "request") || ended?.outcome.ok !== true) continue;
    const arrived = livesOfRun(evidence, run).some((life) => {
      const fate = queueOf(evidence, life).fates.get(what.messageId);
      return fate?.arrivals.some((n) => n < ended.n) === true;
    });
    if (arrived) continue;
    yield { problem: `message ${what.messageId} was acknowledged and never queued`, run, fact: ended.n };
  }
}

/** What a commit consumes is what its waits received; only what code has left behind, and what has expired, is not recorded. */
function* mismatches(commit: Commit, mayExpire: (id: string) => boolean): Iterable<string> {
  const consumed = new Set(commit.batch?.consume ?? []);
  const recorded = new Set(receiptsIn(commit).flatMap(({ messages }) => messages.map(({ id }) => id)));
  for (const id of recorded)
    if (!consumed.has(id)) yield `message ${id} was received and not consumed with it`;
  if (leavesCode(commit)) return;
  for (const id of consumed)
    if (!recorded.has(id) && !mayExpire(id)) yield `message ${id} was consumed, and nothing records it`;
}

function leavesCode({ entries, batch }: Commit): boolean {
  if ((batch?.deleteRanges.length ?? 0) > 0) return true;
  return entries.some(({ before, after }) => LEAVING.has((after ?? before)?.kind ?? ""));
}
