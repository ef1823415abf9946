/** A message in the host's queue. */
export interface Message {
  id: string;
  name: string;
  data: unknown;
  /** Milliseconds since the epoch. */
  sentAt: number;
  /** Of queues that complete their messages; not stored. */
  complete?: (response?: unknown) => Promise<void>;
}

export interface WorkflowQueueNextOptions {
  /** Names to receive. @default any */
  names?: readonly string[];
  /** Milliseconds. @default waits for ever */
  timeout?: number;
  /** Whether each message has to be completed by `complete`. @default false */
  completable?: boolean;
}

export interface WorkflowQueueNextBatchOptions extends WorkflowQueueNextOptions {
  /** At most this many messages. @default 1 */
  count?: number;
}

/** A message as workflow code receives it. */
export interface WorkflowQueueMessage<TBody = unknown> {
  id: string | bigint;
  name: string;
  body: TBody;
  createdAt: number;
  /** Only of messages that were asked for as completable. */
  complete?(response?: unknown): Promise<void>;
}

export interface WorkflowQueue {
  /** Waits for one message; throws when none came within `timeout`. */
  next<TBody = unknown>(name: string, opts?: WorkflowQueueNextOptions): Promise<WorkflowQueueMessage<TBody>>;
  /** Waits for at least one message and gives up to `count`; on timeout none. */
  nextBatch<TBody = unknown>(
    name: string,
    opts?: WorkflowQueueNextBatchOptions,
  ): Promise<Array<WorkflowQueueMessage<TBody>>>;
  /** Queues a message for this run, once. */
  send(name: string, body: unknown): Promise<void>;
}
