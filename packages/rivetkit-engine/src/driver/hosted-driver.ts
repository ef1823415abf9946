import {
  type CommitBatch,
  type DriverLimits,
  type EngineDriver,
  type KVDriver,
  type KVEntry,
  kvDriver,
  type ListPage,
  type LoadOptions,
  type NewMessage,
  type RunImage,
  type RunState,
  StorageError,
  type StoredMessage,
} from "holdfast";
import type { EngineDriver as HostDriver } from "../model/driver.ts";
import { MessageLedger } from "./message-ledger.ts";
import { Namespace } from "./namespace.ts";
import { RUN_ID } from "./run-id.ts";

/**
 * A host's driver as a driver of Holdfast: the history in the host's namespace, the messages in the host's queue.
 */
export class HostedDriver implements EngineDriver {
  readonly messages: MessageLedger;
  readonly #namespace: Namespace;
  readonly #kv: KVDriver;

  /** `workflowId` is whom the host's alarm wakes; null: the alarm stays as it is. */
  constructor(host: HostDriver, workflowId: string | null) {
    this.messages = new MessageLedger(host);
    this.#namespace = new Namespace(host, workflowId, this.messages);
    this.#kv = kvDriver(this.#namespace, { workflowId: RUN_ID });
  }

  get limits(): DriverLimits {
    return this.#kv.limits;
  }

  /** Reads everything again: a pass or an operator begins with it, and another one may have written before. */
  load(options?: LoadOptions): Promise<RunImage | null> {
    this.#namespace.refresh();
    return this.#kv.load(options);
  }

  readState(): Promise<RunState | null> {
    return this.#kv.readState();
  }

  list(prefix: Uint8Array, page?: ListPage): Promise<readonly KVEntry[]> {
    return this.#kv.list(prefix, page);
  }

  commit(batch: CommitBatch): Promise<void> {
    this.messages.plan(batch);
    return this.#kv.commit({ ...batch, consume: [], complete: [], send: [] });
  }

  applied(batchId: string): Promise<boolean> {
    return this.#kv.applied(batchId);
  }

  async peekMessages(names: readonly string[] | null, count: number): Promise<readonly StoredMessage[]> {
    return queueFailure(async () => {
      await this.#namespace.settle();
      return this.messages.peek(names, count);
    });
  }

  enqueueMessage(message: NewMessage): Promise<void> {
    return queueFailure(() => this.messages.enqueue(message));
  }

  async waitForMessages(names: readonly string[] | null, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const named = (names ?? []).filter((name) => !name.startsWith("\u0000"));
    const any = names === null || named.length < names.length;
    await this.messages.wait(any ? [] : named, signal).catch(() => {});
  }
}

async function queueFailure<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    const told = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError(`The host's message queue failed: ${told}.`, {
      outcome: "not-applied",
      retryable: false,
      cause,
    });
  }
}
