import type { Duration, Instant } from "./duration.ts";
import type { CompletableMessageOf, MessageBodies, MessageOf } from "./message.ts";

/** Options of `queue.next`. */
export interface QueueNextOptions<Name extends string, Completable extends boolean = boolean> {
  /** The message names to receive, 1 or more. The oldest message with any of them is taken. */
  readonly names: readonly Name[];
  /** How long to wait for a message. @default none: waits for ever */
  readonly timeout?: Duration;
  /** Whether the message must be answered with `complete`. @default false */
  readonly completable?: Completable;
}

/** Options of `queue.nextBatch`. */
export interface QueueBatchOptions<Name extends string, Completable extends boolean = boolean>
  extends QueueNextOptions<Name, Completable> {
  /** At most this many messages, 1 to 1,000 (`limits.batchMessages`; more: `LimitError`). @default 1 */
  readonly count?: number;
}

/** Options of `queue.send`. */
export interface QueueSendOptions {
  /** The workflow id of the receiver. @default this run */
  readonly to?: string;
}

/**
 * Receives and sends messages. A message that one wait takes is never seen by another, and waits that are open at once
 * for the same name are served in the order in which they were asked.
 */
export interface WorkflowQueue<Bodies extends MessageBodies> {
  /**
   * Waits for one message with one of these names, and gives the whole message: `{ id, name, body, createdAt }`. Test
   * `message.name` to tell bodies apart. The wait is durable: the run need not be in memory meanwhile.
   *
   * With `completable: true` the sender's `request` waits for the answer that you give by `message.complete(response)`.
   * @throws QueueTimeoutError when none came within `timeout`; MessageUnansweredError when an earlier completable
   * message has no answer yet.
   *
   * @example
   * const message = await ctx.queue.next("decision", { names: ["approve", "reject"], timeout: "3d" });
   */
  next<Name extends keyof Bodies & string>(
    name: string,
    options: QueueNextOptions<Name, true> & { readonly completable: true },
  ): Promise<CompletableMessageOf<Bodies, Name>>;
  /**
   * Waits for one message with one of these names, and gives the whole message: `{ id, name, body, createdAt }`. Test
   * `message.name` to tell bodies apart. The wait is durable: the run need not be in memory meanwhile.
   * @throws QueueTimeoutError when none came within `timeout`; MessageUnansweredError when an earlier completable
   * message has no answer yet.
   *
   * @example
   * const message = await ctx.queue.next("decision", { names: ["approve", "reject"], timeout: "3d" });
   */
  next<Name extends keyof Bodies & string>(
    name: string,
    options: QueueNextOptions<Name>,
  ): Promise<MessageOf<Bodies, Name>>;
  /**
   * Waits until at least one message is there and gives up to `count` of those that are, oldest first; `[]` when
   * `timeout` has passed. A `timeout` of 0 takes what is there now. Each of them must be answered with `complete`.
   */
  nextBatch<Name extends keyof Bodies & string>(
    name: string,
    options: QueueBatchOptions<Name, true> & { readonly completable: true },
  ): Promise<CompletableMessageOf<Bodies, Name>[]>;
  /**
   * Waits until at least one message is there and gives up to `count` of those that are, oldest first; `[]` when
   * `timeout` has passed. A `timeout` of 0 takes what is there now.
   */
  nextBatch<Name extends keyof Bodies & string>(
    name: string,
    options: QueueBatchOptions<Name>,
  ): Promise<MessageOf<Bodies, Name>[]>;
  /**
   * Sends a message to another run, or to this one, exactly once. `name` is the message's name, so it may be used again.
   * @throws QueueFullError, RunFinishedError, RunNotFoundError when the receiver cannot take it.
   */
  send(name: string, body: unknown, options?: QueueSendOptions): Promise<void>;
}

/** Short forms of `queue.next` and `queue.nextBatch`: for one message name, and giving bodies. None of them throws on timeout. */
export interface ListenOperations<Bodies extends MessageBodies> {
  /**
   * Waits, for ever if need be, for a message and gives its body. `name` is the name of this wait, unique in its scope;
   * `messageName` is that of the message.
   * @example const decision = await ctx.listen("wait-for-boss", "decision");
   */
  listen<Name extends keyof Bodies & string>(name: string, messageName: Name): Promise<Bodies[Name]>;
  /** As `listen`, or `null` when none came within `timeout`. */
  listenWithTimeout<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    timeout: Duration,
  ): Promise<Bodies[Name] | null>;
  /** As `listen`, or `null` when none had come by `instant`. */
  listenUntil<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    instant: Instant,
  ): Promise<Bodies[Name] | null>;
  /** Waits until at least one message is there and gives the bodies of up to `limit` (1 to 1,000) of those that are. */
  listenN<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    limit: number,
  ): Promise<Bodies[Name][]>;
  /** As `listenN`, or `[]` when none came within `timeout`. */
  listenNWithTimeout<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    limit: number,
    timeout: Duration,
  ): Promise<Bodies[Name][]>;
  /** As `listenN`, or `[]` when none had come by `instant`. */
  listenNUntil<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    limit: number,
    instant: Instant,
  ): Promise<Bodies[Name][]>;
}
