/** A message as workflow code receives it. */
export interface Message<Name extends string = string, Body = unknown> {
  readonly id: string;
  readonly name: Name;
  readonly body: Body;
  /** Milliseconds since the epoch, by the sender's clock. */
  readonly createdAt: number;
}

/** A message whose sender waits for an answer. It stays owned by this wait until it is answered. */
export interface CompletableMessage<Name extends string = string, Body = unknown>
  extends Message<Name, Body> {
  /**
   * Answers the message; resolves when the answer is durable. A second call changes nothing, unless the first was refused.
   * @throws UnserializableValueError, LimitError when the response cannot be stored: the message has no answer then
   */
  complete(response?: unknown): Promise<void>;
}

/** Bodies by message name; what `messages` of a definition gives. */
export type MessageBodies = Readonly<Record<string, unknown>>;

/** The messages with one of these names. */
export type MessageOf<Bodies extends MessageBodies, Name extends keyof Bodies & string> = {
  [N in Name]: Message<N, Bodies[N]>;
}[Name];

/** The completable messages with one of these names. */
export type CompletableMessageOf<Bodies extends MessageBodies, Name extends keyof Bodies & string> = {
  [N in Name]: CompletableMessage<N, Bodies[N]>;
}[Name];
