import type { CommitBatch, NewMessage, StoredMessage } from "holdfast";
import { defaultCodec, frameBody, recordedPayload } from "holdfast/embedding";
import type { EngineDriver, KVWrite } from "../model/driver.ts";
import type { Message } from "../model/queue.ts";
import type { Aftermath, Completion, Sending } from "./aftermath.ts";
import { decodeAside, encodeAside } from "./aside-row.ts";
import { HostQueue } from "./host-queue.ts";
import { LEDGER_KEY } from "./own-keys.ts";
import { RUN_ID } from "./run-id.ts";

/** Stands for "any name", which the engine has no word for. */
export const ANY_NAME = "\u0000any";

/** What is stored of the messages that are in the history and in the host's queue, or in neither. */
interface Ledger {
  /** Recorded by the history, but not completed in the host's queue. */
  readonly held: readonly string[];
  /** Taken back out of the history: received again before those of the host's queue. */
  readonly returned: readonly Sending[];
}

/** What a commit does to messages, as the namespace writes it. */
interface Taken {
  readonly completions: readonly Completion[];
  readonly sendings: readonly Sending[];
  /** The ledger's row; null when it stays as it is. */
  readonly row: KVWrite | null;
}

/**
 * Owns: which messages of the host's queue the history has already, and what is completed when.
 * Invariants: a message is always received as completable, so that it stays queued until the commit that records it is
 * durable; it is completed after that, and until then it is recognised by its id and given to nobody (P7).
 */
export class MessageLedger {
  readonly #host: EngineDriver;
  readonly #queue: HostQueue;
  #ledger: Ledger = { held: [], returned: [] };
  /** Held messages that nobody is going to answer. */
  readonly #released: Set<string> = new Set();
  #batch: Pick<CommitBatch, "consume" | "complete" | "send"> | null = null;
  #undo: (() => void) | null = null;
  #inherited: readonly string[] = [];

  constructor(host: EngineDriver) {
    this.#host = host;
    this.#queue = new HostQueue(host);
  }

  async load(): Promise<void> {
    const stored = await this.#host.get(LEDGER_KEY);
    this.#ledger = stored === null ? { held: [], returned: [] } : (decodeAside(LEDGER_KEY, stored) as Ledger);
  }

  /** These were received by a wait that wants no answers: they can be completed as soon as they are recorded. */
  release(messageIds: readonly string[]): void {
    for (const id of messageIds) this.#released.add(id);
  }

  /** Messages that were recorded before this engine took the run over, and may still be in the host's queue. */
  hold(messageIds: readonly string[]): void {
    this.#inherited = messageIds;
  }

  /** What the next batch does to messages. */
  plan(batch: Pick<CommitBatch, "consume" | "complete" | "send">): void {
    this.#batch = batch;
  }

  take(): Taken {
    const { consume, complete, send } = this.#batch ?? { consume: [], complete: [], send: [] };
    this.#batch = null;
    const before = this.#ledger;
    const inherited = this.#inherited;
    this.#undo = () => {
      this.#ledger = before;
      this.#inherited = inherited;
    };
    const back = send.filter(({ requeue }) => requeue === true).map(({ message }) => sendingOf(message));
    const queued = consume.filter((id) => !before.returned.some((message) => message.id === id));
    const owned = [...before.held, ...inherited, ...queued];
    this.#inherited = [];
    const answers = new Map(complete.map(({ id, response }) => [id, recordedPayload(response)]));
    const done = owned.filter((id) => answers.has(id) || this.#released.has(id));
    const held = owned.filter((id) => !done.includes(id));
    const returned = [...back, ...before.returned.filter(({ id }) => !consume.includes(id))];
    this.#ledger = { held, returned };
    const same =
      sameIds(held, before.held) && back.length === 0 && returned.length === before.returned.length;
    return {
      completions: done.map((id) => ({ id, response: answers.get(id) ?? null })),
      sendings: send.filter(({ requeue }) => requeue !== true).map(({ message }) => sendingOf(message)),
      row: same ? null : { key: LEDGER_KEY, value: encodeAside(LEDGER_KEY, this.#ledger) },
    };
  }

  /** The batch that the last `take` was for may not have been applied. */
  giveBack(): void {
    this.#undo?.();
  }

  /** Completes and sends what a commit says; `again` when that may have been done already. */
  async deliver({ completions, sendings }: Aftermath, again: boolean): Promise<void> {
    for (const { id, response } of completions) {
      this.#released.delete(id);
      const answer = response === null ? [] : [defaultCodec.decode(response)];
      await this.#queue.complete(id, answer, again);
    }
    if (sendings.length === 0) return;
    const queued = again ? await this.#queue.queuedIds() : new Set<string>();
    for (const { id, name, body, sentAt } of sendings) {
      if (queued.has(id)) continue;
      await this.#queue.add({ id, name, data: defaultCodec.decode(body), sentAt });
    }
  }

  async peek(names: readonly string[] | null, count: number): Promise<StoredMessage[]> {
    const any = names === null || names.includes(ANY_NAME);
    const { held, returned } = this.#ledger;
    const first = returned.filter(({ name }) => any || names.includes(name)).map(storedAgain);
    if (first.length >= count) return first.slice(0, count);
    const known = new Set([...held, ...first.map(({ id }) => id)]);
    const fresh = await this.#queue.receive(any ? null : names, count - first.length, known);
    return [...first, ...fresh.map(stored)];
  }

  /** Resolves when the host's queue may have a message that can be had, or the signal aborts. */
  wait(names: readonly string[], signal: AbortSignal): Promise<void> {
    return this.#queue.wait(names, signal);
  }

  async enqueue(message: NewMessage): Promise<void> {
    const { id, name, createdAt } = message;
    const data = defaultCodec.decode(recordedPayload(message.body));
    await this.#queue.add({ id, name, data, sentAt: createdAt });
  }
}

function stored({ id, name, data, sentAt }: Message): StoredMessage {
  return storedAgain({ id, name, body: defaultCodec.encode(data, `the body of message "${name}"`), sentAt });
}

/** A queue of the host's keeps its messages sound itself. */
function storedAgain({ id, name, body: payload, sentAt }: Sending): StoredMessage {
  const body = frameBody({ workflowId: RUN_ID, id, name }, payload);
  return { id, name, body, createdAt: sentAt, expiresAt: null, completable: true };
}

function sendingOf(message: NewMessage): Sending {
  const { id, name, createdAt } = message;
  return { id, name, body: recordedPayload(message.body), sentAt: createdAt };
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
