import { EventEmitter, once } from "node:events";
import type {
  EngineDriver,
  KVEntry,
  KVWrite,
  Message,
  WorkflowMessageDriver,
} from "@rivetkit/workflow-engine";
import { endOfPrefix, type KeyValues } from "./key-values.ts";

/** What Rivet's engine asks a platform for, for one run. */
export class RivetDriver implements EngineDriver {
  readonly atomicBatch = true;
  readonly workerPollInterval = 100;
  readonly messageDriver: WorkflowMessageDriver;
  readonly #values: KeyValues;
  readonly #run: string;
  readonly #arrivals = new EventEmitter();

  constructor(values: KeyValues, run: string) {
    this.#values = values;
    this.#run = run;
    this.#arrivals.setMaxListeners(0);
    this.messageDriver = {
      addMessage: async (message) => {
        values.addMessage(run, message);
        this.#arrivals.emit("message");
      },
      receiveMessages: async ({ names = [], count, completable }) => this.#receive(names, count, completable),
      completeMessage: async (id) => values.removeMessages(run, [id]),
    };
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    return this.#values.get(this.#run, key);
  }

  async set(key: Uint8Array, value: Uint8Array): Promise<void> {
    this.#values.put(this.#run, [{ key, value }]);
  }

  async delete(key: Uint8Array): Promise<void> {
    this.#values.remove(this.#run, [key]);
  }

  async batchDelete(keys: Uint8Array[]): Promise<void> {
    this.#values.remove(this.#run, keys);
  }

  async deletePrefix(prefix: Uint8Array): Promise<void> {
    this.#values.removeRange(this.#run, prefix, endOfPrefix(prefix));
  }

  async deleteRange(start: Uint8Array, end: Uint8Array): Promise<void> {
    this.#values.removeRange(this.#run, start, end);
  }

  async list(prefix: Uint8Array): Promise<KVEntry[]> {
    return this.#values.list(this.#run, prefix, endOfPrefix(prefix));
  }

  async batch(writes: KVWrite[]): Promise<void> {
    this.#values.put(this.#run, writes);
  }

  async setAlarm(_workflowId: string, wakeAt: number): Promise<void> {
    this.#values.setAlarm(this.#run, wakeAt);
  }

  /** RivetKit's own driver does nothing here either: an alarm that fires for nothing is harmless. */
  async clearAlarm(): Promise<void> {}

  async waitForMessages(names: string[], signal: AbortSignal): Promise<void> {
    while (this.#values.messages(this.#run, names, 1).length === 0) {
      await once(this.#arrivals, "message", { signal });
    }
  }

  #receive(names: readonly string[], count: number, completable: boolean): Message[] {
    const found = this.#values.messages(this.#run, names, count);
    if (!completable && found.length > 0) {
      this.#values.removeMessages(
        this.#run,
        found.map(({ id }) => id),
      );
    }
    return found;
  }
}
