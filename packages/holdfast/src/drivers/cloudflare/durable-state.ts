/** What a statement gives; blobs are `ArrayBuffer`s. */
export interface DurableCursor {
  toArray(): Record<string, unknown>[];
}

/** The storage of a Durable Object with the SQLite backend, as far as it is used. */
export interface DurableStorage {
  readonly sql: { exec(query: string, ...bindings: unknown[]): DurableCursor };
  /** All or nothing, alarms that `closure` sets included. */
  transactionSync<T>(closure: () => T): T;
  /** Null also while the handler of one runs, unless another one was set since. */
  getAlarm(): Promise<number | null>;
  setAlarm(scheduledTime: number): Promise<void>;
  deleteAlarm(): Promise<void>;
  /** Resolves when everything that was written is durable. */
  sync(): Promise<void>;
}

/** What a Durable Object is constructed with: `DurableObjectState` has it, and so has `this.ctx`. */
export interface DurableState {
  /** `name` is known when the object was asked for by its name. */
  readonly id: { readonly name?: string | undefined; toString(): string };
  readonly storage: DurableStorage;
}
