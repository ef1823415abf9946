import type { Evidence } from "../evidence/evidence.ts";
import { type Life, lifeAt, livesOf } from "../evidence/lives.ts";
import { copiedMessages, queueOf } from "../evidence/queues.ts";
import { checkerOf } from "./checker-of.ts";

export const consumedOnce = checkerOf(
  "I21",
  "a message is received once, and by the run that it was sent to",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      const { receipts, fates } = queueOf(evidence, life);
      const counts = new Map<string, number>();
      for (const { commit, path, messages } of receipts) {
        const at = { run: life.run, fact: commit.fact };
        for (const { id } of messages) {
          const times = (counts.get(id) ?? 0) + 1;
          counts.set(id, times);
          const arrivals = fates.get(id)?.arrivals.filter((n) => n < commit.fact).length ?? 0;
          if (arrivals === 0) yield { problem: `message ${id} at "${path}" was not sent to this run`, ...at };
          else if (times > arrivals)
            yield { problem: `message ${id} was received ${times} times, at "${path}" too`, ...at };
        }
      }
    }
    yield* foreign(evidence);
  },
);

/** What code was given was in the queue of its run, or in the history that a fork was given. */
function* foreign(evidence: Evidence) {
  const given = new Map<Life, ReadonlySet<string>>();
  for (const fact of evidence.facts) {
    if (fact.type !== "received") continue;
    const life = lifeAt(evidence, fact.run, fact.n);
    // The pass of a run that was deleted may still be at work.
    if (life === undefined || life.number > 1) continue;
    let copied = given.get(life);
    if (copied === undefined) {
      copied = new Set(copiedMessages(life));
      given.set(life, copied);
    }
    for (const id of fact.messageIds) {
      if (copied.has(id) || queueOf(evidence, life).fates.has(id)) continue;
      const problem = `code received message ${id} at "${fact.path}", which was not sent to its run`;
      yield { problem, run: fact.run, fact: fact.n };
    }
  }
}
