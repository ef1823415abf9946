import type { Entry } from "#holdfast/history/entry.ts";
import { recordedPayload } from "#holdfast/history/message-body.ts";
import { decodeMessages, type RecordedMessage } from "#holdfast/history/message-record.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import type { NewMessage, OutgoingMessage } from "#holdfast/storage/records.ts";
import type { Evidence } from "./evidence.ts";
import { type Commit, type Life, lifeAt, livesOf } from "./lives.ts";
import { memo } from "./memo.ts";

/** What became of the messages to one life of a run. */
export interface QueueStory {
  readonly fates: ReadonlyMap<string, Fate>;
  /** What is queued at the end, oldest first. */
  readonly left: readonly NewMessage[];
  /** Messages that waits received, in the order of the commits, and of the results within one. */
  readonly receipts: readonly Receipt[];
  /** Ids that commits consumed without having been queued. */
  readonly unknown: readonly { readonly commit: Commit; readonly messageId: string }[];
}

/** What became of one message. */
export interface Fate {
  readonly message: NewMessage;
  /** The facts with which it came into the queue: once, and again for every time that a rewind put it back. */
  readonly arrivals: readonly number[];
  readonly consumed: readonly Commit[];
}

/** A wait's entry that received messages. */
export interface Receipt {
  readonly commit: Commit;
  readonly path: string;
  readonly entry: Entry;
  readonly messages: readonly RecordedMessage[];
  /** Messages that were queued before the commit, oldest first. */
  readonly queued: readonly NewMessage[];
}

/** The messages that a wait has received, the one among them that its schema refused; null: the entry has received none. */
export function receivedBy(entry: Entry | null): readonly RecordedMessage[] | null {
  if (entry?.kind !== "message" || entry.status === "pending") return null;
  const received = entry.status === "completed" ? entry.result : entry.extra;
  return received === null ? null : decodeMessages(received);
}

/** The messages that the commit's waits received; the copies of a fork are not received. */
export function receiptsIn(commit: Commit): readonly Omit<Receipt, "queued">[] {
  if (commit.batch === null) return [];
  const receipts: Omit<Receipt, "queued">[] = [];
  for (const { path, before, after } of commit.entries) {
    const messages = receivedBy(after);
    if (after === null || messages === null) continue;
    if (before !== null && before.status !== "pending") continue;
    receipts.push({ commit, path, entry: after, messages });
  }
  return receipts.sort((a, b) => a.entry.sequence - b.entry.sequence);
}

/** Messages in the history that a fork was given: another run had received them. */
export function* copiedMessages(life: Life): Iterable<string> {
  for (const { after } of life.commits[0]?.entries ?? []) {
    for (const { id } of receivedBy(after) ?? []) yield id;
  }
}

/** The body that a message was sent with, before any schema. */
export function sentBody({ body }: NewMessage): unknown {
  return defaultCodec.decode(recordedPayload(body));
}

/** The queues of all lives. */
const queuesOf = memo((evidence): ReadonlyMap<Life, QueueStory> => {
  const queues = new Map<Life, Queue>(livesOf(evidence).map((life) => [life, new Queue()]));
  const commits = new Map<number, Commit>();
  for (const life of livesOf(evidence)) for (const commit of life.commits) commits.set(commit.fact, commit);
  const queueAt = (run: string, n: number): Queue | undefined => {
    const life = lifeAt(evidence, run, n);
    return life === undefined ? undefined : queues.get(life);
  };
  const arriveAll = (sent: readonly OutgoingMessage[], n: number): void => {
    for (const { to, message, requeue } of sent) if (requeue !== true) queueAt(to, n)?.arrive(message, n);
  };
  for (const fact of evidence.facts) {
    if (fact.type === "enqueued") queueAt(fact.run, fact.n)?.arrive(fact.message, fact.n);
    if (fact.type === "created") arriveAll(fact.sent ?? [], fact.n);
    if (fact.type !== "committed") continue;
    const commit = commits.get(fact.n);
    if (commit !== undefined) queueAt(fact.run, fact.n)?.commit(commit);
    const back = fact.batch.send.filter(({ requeue }) => requeue).reverse();
    for (const { to, message } of back) queueAt(to, fact.n)?.putBack(message, fact.n);
    arriveAll(fact.batch.send, fact.n);
  }
  return queues;
});

export function queueOf(evidence: Evidence, life: Life): QueueStory {
  return queuesOf(evidence).get(life) as QueueStory;
}

type BuiltFate = { message: NewMessage; readonly arrivals: number[]; readonly consumed: Commit[] };

class Queue implements QueueStory {
  readonly fates = new Map<string, BuiltFate>();
  left: NewMessage[] = [];
  readonly receipts: Receipt[] = [];
  readonly unknown: { commit: Commit; messageId: string }[] = [];

  /** A message whose id is queued, or was consumed and is remembered, changes nothing. */
  arrive(message: NewMessage, n: number): void {
    const fate = this.fates.get(message.id);
    if (fate !== undefined && (fate.message.remember || this.#isQueued(message.id))) return;
    this.#enter(message, n);
    this.left = [...this.left, message];
  }

  putBack(message: NewMessage, n: number): void {
    if (this.#isQueued(message.id)) return;
    this.#enter(message, n);
    this.left = [message, ...this.left];
  }

  commit(commit: Commit): void {
    const queued = this.left;
    for (const receipt of receiptsIn(commit)) this.receipts.push({ ...receipt, queued });
    const consumed = new Set(commit.batch?.consume ?? []);
    for (const messageId of consumed) {
      if (this.#isQueued(messageId)) this.fates.get(messageId)?.consumed.push(commit);
      else this.unknown.push({ commit, messageId });
    }
    if (consumed.size > 0) this.left = queued.filter(({ id }) => !consumed.has(id));
  }

  #enter(message: NewMessage, n: number): void {
    const fate = this.fates.get(message.id);
    if (fate === undefined) this.fates.set(message.id, { message, arrivals: [n], consumed: [] });
    else fate.arrivals.push(n);
  }

  #isQueued(id: string): boolean {
    return this.left.some((message) => message.id === id);
  }
}
