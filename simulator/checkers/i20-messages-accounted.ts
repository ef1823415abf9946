import { formatUuid } from "#holdfast/engine/replay/draws.ts";
import { isTerminal } from "#holdfast/model/run.ts";
import { callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type Commit, commitBefore, type Life, livesOf, livesOfRun } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { queueOf, receiptsIn, receivedBy, sentBody } from "../evidence/queues.ts";
import { isFit } from "../program/fit.ts";
import { checkerOf } from "./checker-of.ts";
import { expiryProblems, mayHaveExpired } from "./i20-expiry.ts";

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
      yield* expiryProblems(evidence, life);
      for (const commit of life.commits) {
        const mayGo = (id: string): boolean => mayGoUnrecorded(evidence, life, { commit, id });
        for (const problem of [...mismatches(commit, mayGo), ...wrongSends(commit), ...notPutBack(commit)])
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

/** A send is recorded as done with the commit with which its message leaves. */
function* wrongSends(commit: Commit): Iterable<string> {
  const { batch, entries, resets } = commit;
  if (batch === null || resets) return;
  const sent = batch.send.filter(({ requeue }) => requeue !== true).length;
  const recorded = entries.filter(
    ({ before, after }) => after?.kind === "send" && after.status === "completed" && before === null,
  ).length;
  if (recorded > sent) yield `${recorded} sends were recorded and ${sent} messages sent`;
  if (sent > recorded && !leavesCode(commit))
    yield `${sent} messages were sent and ${recorded} sends recorded`;
}

/** Ids of the messages that the run had sent to itself by sends that are taken back: it sends them again. */
function unsentIn(entries: Commit["entries"]): ReadonlySet<string> {
  const gone = entries.filter(({ before, after }) => before?.kind === "send" && after === null);
  return new Set(gone.flatMap(({ before }) => (before?.detail == null ? [] : [formatUuid(before.detail)])));
}

/** Whoever takes back what was received puts the messages back. */
function* notPutBack({ batch, entries, resets }: Commit): Iterable<string> {
  if (batch === null || !resets) return;
  const back = new Set(batch.send.filter(({ requeue }) => requeue).map(({ message }) => message.id));
  const unsent = unsentIn(entries);
  for (const { path, before, after } of entries) {
    // What its schema refused is dealt with: a wait that is given another chance has the next one.
    if (before?.status !== "completed" || after?.status === "completed") continue;
    for (const { id } of receivedBy(before) ?? [])
      if (!back.has(id) && !unsent.has(id))
        yield `message ${id} at "${path}" was taken back and not put into the queue`;
  }
}

/** What has expired, what the run takes back that it had sent to itself, and what code has seen that it left behind. */
function mayGoUnrecorded(
  evidence: Evidence,
  life: Life,
  { commit, id }: { readonly commit: Commit; readonly id: string },
): boolean {
  const fate = queueOf(evidence, life).fates.get(id);
  if (fate === undefined || mayHaveExpired(evidence, commit, fate)) return true;
  if (commit.resets && unsentIn(commit.entries).has(id)) return true;
  const { message } = fate;
  const program = programOf(evidence, life);
  if (!leavesCode(commit)) return false;
  if (program === undefined || !isFit(sentBody(message))) return true;
  // Of what the short forms received the ids are not told.
  const { all } = outlineOf(program);
  if (all.some((one) => one.kind === "listen" && one.message === message.name)) return true;
  return evidence.facts.some(
    (fact) =>
      fact.type === "received" &&
      fact.run === life.run &&
      fact.n > life.from &&
      fact.n < commit.fact &&
      fact.messageIds.includes(id),
  );
}

/** What a commit consumes is what its waits received; only what code has left behind, and what has expired, is not recorded. */
function* mismatches(commit: Commit, mayGo: (id: string) => boolean): Iterable<string> {
  const consumed = new Set(commit.batch?.consume ?? []);
  const recorded = new Set(receiptsIn(commit).flatMap(({ messages }) => messages.map(({ id }) => id)));
  for (const id of recorded)
    if (!consumed.has(id)) yield `message ${id} was received and not consumed with it`;
  for (const id of consumed)
    if (!recorded.has(id) && !mayGo(id)) yield `message ${id} was consumed, and nothing records it`;
}

function leavesCode({ entries, batch }: Commit): boolean {
  if ((batch?.deleteRanges.length ?? 0) > 0) return true;
  return entries.some(({ before, after }) => LEAVING.has((after ?? before)?.kind ?? ""));
}
