import type {
  EngineDriver,
  InMemoryDriver,
  KVEntry,
  KVWrite,
  Message,
  WorkflowMessageDriver,
} from "../../src/testing.ts";

/** When a process dies: at which of its writes, and whether that write is done. */
export interface Death {
  readonly at: number;
  readonly how: "before" | "after";
}

/** What RivetKit writes at once; larger batches are cut. */
const CUT_ROWS = 128;

/**
 * A host as one process sees it. The process dies at one of its writes, and nothing that it does afterwards reaches
 * the storage. Its queue gives out nothing while a message is open, as RivetKit's does, or gives it out again.
 */
export class MortalHost implements EngineDriver {
  readonly workerPollInterval = 100;
  readonly messageDriver: WorkflowMessageDriver;
  /** Resolves when the process has died. */
  readonly died: Promise<void>;
  writes = 0;
  readonly #storage: InMemoryDriver;
  readonly #death: Death | null;
  readonly #open: Set<string> = new Set();
  readonly #exclusive: boolean;
  #dead = false;
  #die: () => void = () => {};

  constructor(storage: InMemoryDriver, options: { death: Death | null; exclusive: boolean }) {
    this.#storage = storage;
    this.#death = options.death;
    this.#exclusive = options.exclusive;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.messageDriver = {
      addMessage: (message) => this.#write(() => storage.messageDriver.addMessage(message)),
      receiveMessages: (wanted) => this.#receive(wanted),
      completeMessage: (id) => this.#write(() => this.#complete(id)),
    };
  }

  get(key: Uint8Array): Promise<Uint8Array | null> {
    return this.#alive(() => this.#storage.get(key));
  }

  list(prefix: Uint8Array): Promise<KVEntry[]> {
    return this.#alive(() => this.#storage.list(prefix));
  }

  set(key: Uint8Array, value: Uint8Array): Promise<void> {
    return this.#write(() => this.#storage.set(key, value));
  }

  delete(key: Uint8Array): Promise<void> {
    return this.#write(() => this.#storage.delete(key));
  }

  batchDelete(keys: Uint8Array[]): Promise<void> {
    return this.#write(() => this.#storage.batchDelete(keys));
  }

  deletePrefix(prefix: Uint8Array): Promise<void> {
    return this.#write(() => this.#storage.deletePrefix(prefix));
  }

  deleteRange(start: Uint8Array, end: Uint8Array): Promise<void> {
    return this.#write(() => this.#storage.deleteRange(start, end));
  }

  batch(writes: KVWrite[]): Promise<void> {
    if (writes.length > CUT_ROWS) throw new Error(`A batch of ${writes.length} rows would be cut.`);
    return this.#write(() => this.#storage.batch(writes));
  }

  setAlarm(workflowId: string, wakeAt: number): Promise<void> {
    return this.#write(() => this.#storage.setAlarm(workflowId, wakeAt));
  }

  clearAlarm(workflowId: string): Promise<void> {
    return this.#write(() => this.#storage.clearAlarm(workflowId));
  }

  waitForMessages(names: string[], signal: AbortSignal): Promise<void> {
    return this.#alive(() => this.#storage.waitForMessages(names, signal));
  }

  async #receive(wanted: Parameters<WorkflowMessageDriver["receiveMessages"]>[0]): Promise<Message[]> {
    if (this.#exclusive && this.#open.size > 0) {
      const message = "Previous completable queue message is not completed. Complete it first.";
      throw Object.assign(new Error(message), { code: "previous_message_not_completed" });
    }
    const given = await this.#alive(() => this.#storage.messageDriver.receiveMessages(wanted));
    for (const { id } of given) this.#open.add(id);
    return given;
  }

  async #complete(id: string): Promise<void> {
    const queued = await this.#storage.messageDriver.receiveMessages({ count: 1000, completable: true });
    if (!queued.some((message) => message.id === id)) throw new Error(`There is no message ${id}.`);
    await this.#storage.messageDriver.completeMessage(id);
    this.#open.delete(id);
  }

  async #write(write: () => Promise<void>): Promise<void> {
    const dies = this.writes++ === this.#death?.at;
    if (dies && this.#death?.how === "before") this.#end();
    await this.#alive(write);
    if (dies) this.#end();
    await this.#alive(async () => {});
  }

  #end(): void {
    this.#dead = true;
    this.#die();
  }

  /** A dead process is told nothing any more. */
  #alive<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#dead ? new Promise(() => {}) : work();
  }
}
