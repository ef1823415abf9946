import type { CompletableMessage, Message, WorkflowContext } from "holdfast";
import { ANY_NAME } from "../driver/message-ledger.ts";
import type {
  WorkflowQueue,
  WorkflowQueueMessage,
  WorkflowQueueNextBatchOptions,
  WorkflowQueueNextOptions,
} from "../model/queue.ts";
import type { RunLink } from "./run-link.ts";

/** Runs an operation of a context, one at a time. */
export type Enter = <Value>(operation: () => Promise<Value>) => Promise<Value>;

/** The queue of a context. */
export class HostedQueue implements WorkflowQueue {
  readonly #inner: WorkflowContext;
  readonly #link: RunLink;
  readonly #enter: Enter;

  constructor(inner: WorkflowContext, link: RunLink, enter: Enter) {
    this.#inner = inner;
    this.#link = link;
    this.#enter = enter;
  }

  async next<Body>(name: string, opts: WorkflowQueueNextOptions = {}): Promise<WorkflowQueueMessage<Body>> {
    const [message] = await this.nextBatch<Body>(name, { ...opts, count: 1 });
    if (message !== undefined) return message;
    throw new Error(
      `queue.next("${name}") timed out before receiving a message. Use queue.nextBatch(...) for optional/time-limited reads.`,
    );
  }

  nextBatch<Body>(
    name: string,
    opts: WorkflowQueueNextBatchOptions = {},
  ): Promise<WorkflowQueueMessage<Body>[]> {
    const { names = [], count = 1, timeout, completable = false } = opts;
    const wanted = {
      names: names.length === 0 ? [ANY_NAME] : [...new Set(names)],
      count: Math.max(1, Math.floor(count)),
      completable,
      ...(timeout === undefined ? {} : { timeout: Math.max(0, timeout) }),
    };
    return this.#enter(async () => {
      const messages = await this.#inner.queue.nextBatch(name, wanted);
      if (!completable) this.#link.release(messages.map(({ id }) => id));
      return messages.map((message) => hosted<Body>(message, completable));
    });
  }

  send(name: string, body: unknown): Promise<void> {
    return this.#enter(() => this.#inner.queue.send(name, body));
  }
}

function hosted<Body>(message: Message, completable: boolean): WorkflowQueueMessage<Body> {
  const { id, name, body, createdAt } = message;
  const plain = { id, name, body: body as Body, createdAt };
  if (!completable) return plain;
  let completed = false;
  const complete = async (response?: unknown): Promise<void> => {
    if (completed) throw new Error("Queue message already completed");
    completed = true;
    await (message as CompletableMessage).complete(response);
  };
  return { ...plain, complete };
}
