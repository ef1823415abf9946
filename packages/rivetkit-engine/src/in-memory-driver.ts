import type { EngineDriver, KVEntry, KVWrite, WorkflowMessageDriver } from "./model/driver.ts";
import type { Message } from "./model/queue.ts";

/** A host in memory, for tests. */
export class InMemoryDriver implements EngineDriver {
  /** Milliseconds that every operation takes. */
  latency = 10;
  /** Milliseconds. */
  workerPollInterval = 100;
  messageDriver: WorkflowMessageDriver;
  /** By the key in hexadecimal. */
  private readonly kv: Map<string, KVEntry> = new Map();
  private readonly alarms: Map<string, number> = new Map();
  #messages: Message[] = [];
  readonly #waiting: Set<() => void> = new Set();

  constructor() {
    this.messageDriver = {
      addMessage: (message) => this.#addMessage(message),
      receiveMessages: (wanted) => this.#receiveMessages(wanted),
      completeMessage: (messageId) => this.#completeMessage(messageId),
    };
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    await this.#delay();
    return this.kv.get(hex(key))?.value.slice() ?? null;
  }

  async set(key: Uint8Array, value: Uint8Array): Promise<void> {
    await this.#delay();
    this.#put({ key, value });
  }

  async delete(key: Uint8Array): Promise<void> {
    await this.#delay();
    this.kv.delete(hex(key));
  }

  async batchDelete(keys: Uint8Array[]): Promise<void> {
    await this.#delay();
    for (const key of keys) this.kv.delete(hex(key));
  }

  async deletePrefix(prefix: Uint8Array): Promise<void> {
    await this.#delay();
    const start = hex(prefix);
    for (const key of this.kv.keys()) if (key.startsWith(start)) this.kv.delete(key);
  }

  async deleteRange(start: Uint8Array, end: Uint8Array): Promise<void> {
    await this.#delay();
    const [from, to] = [hex(start), hex(end)];
    for (const key of this.kv.keys()) if (key >= from && key < to) this.kv.delete(key);
  }

  async list(prefix: Uint8Array): Promise<KVEntry[]> {
    await this.#delay();
    const start = hex(prefix);
    // Hexadecimal digits are in the order of the bytes.
    const keys = this.keys().filter((key) => key.startsWith(start));
    return keys.map((key) => copyOf(this.kv.get(key) as KVEntry));
  }

  async batch(writes: KVWrite[]): Promise<void> {
    await this.#delay();
    for (const write of writes) this.#put(write);
  }

  async setAlarm(workflowId: string, wakeAt: number): Promise<void> {
    await this.#delay();
    this.alarms.set(workflowId, wakeAt);
  }

  async clearAlarm(workflowId: string): Promise<void> {
    await this.#delay();
    this.alarms.delete(workflowId);
  }

  async waitForMessages(messageNames: string[], abortSignal: AbortSignal): Promise<void> {
    if (abortSignal.aborted || this.#holds(messageNames)) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!abortSignal.aborted && !this.#holds(messageNames)) return;
        this.#waiting.delete(look);
        abortSignal.removeEventListener("abort", look);
        resolve();
      };
      this.#waiting.add(look);
      abortSignal.addEventListener("abort", look);
    });
  }

  /** When a workflow is to be woken, in milliseconds since the epoch. */
  getAlarm(workflowId: string): number | undefined {
    return this.alarms.get(workflowId);
  }

  /** The workflows whose alarm has come. */
  getDueAlarms(): string[] {
    const now = Date.now();
    return [...this.alarms].filter(([, at]) => at <= now).map(([workflowId]) => workflowId);
  }

  /** Forgets everything. */
  clear(): void {
    this.kv.clear();
    this.alarms.clear();
    this.#messages = [];
  }

  /** Everything but the messages, as plain data. */
  snapshot(): { kv: Record<string, Uint8Array>; alarms: Record<string, number> } {
    return {
      kv: Object.fromEntries(Array.from(this.kv, ([key, { value }]) => [key, value.slice()])),
      alarms: Object.fromEntries(this.alarms),
    };
  }

  /** All keys in hexadecimal, in byte order. */
  keys(): string[] {
    return [...this.kv.keys()].sort();
  }

  async #addMessage(message: Message): Promise<void> {
    await this.#delay();
    this.#messages.push(message);
    for (const look of [...this.#waiting]) look();
  }

  async #receiveMessages(wanted: {
    names?: readonly string[];
    count: number;
    completable: boolean;
  }): Promise<Message[]> {
    await this.#delay();
    const { names = [], count, completable } = wanted;
    const found = this.#messages.filter((message) => isNamed(message, names)).slice(0, count);
    if (!completable) this.#messages = this.#messages.filter((message) => !found.includes(message));
    return found.map((message) => ({ ...message }));
  }

  async #completeMessage(messageId: string): Promise<void> {
    await this.#delay();
    this.#messages = this.#messages.filter(({ id }) => id !== messageId);
  }

  #holds(names: readonly string[]): boolean {
    return this.#messages.some((message) => isNamed(message, names));
  }

  #put(pair: KVWrite): void {
    this.kv.set(hex(pair.key), copyOf(pair));
  }

  async #delay(): Promise<void> {
    if (this.latency > 0) await new Promise((resolve) => setTimeout(resolve, this.latency));
  }
}

/** No names are all names. */
function isNamed(message: Message, names: readonly string[]): boolean {
  return names.length === 0 || names.includes(message.name);
}

function copyOf({ key, value }: KVWrite): KVEntry {
  return { key: key.slice(), value: value.slice() };
}

function hex(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += byte.toString(16).padStart(2, "0");
  return out;
}
