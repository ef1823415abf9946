import { AsyncLocalStorage } from "node:async_hooks";
import { type KVDriver, kvDriver } from "#holdfast/drivers/kv/kv-driver.ts";
import { KVReader } from "#holdfast/drivers/kv/kv-reader.ts";
import type { OrderedKV } from "#holdfast/drivers/kv/ordered-kv.ts";
import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import type { EngineDriver } from "#holdfast/storage/driver.ts";
import type { CommitBatch, NewMessage } from "#holdfast/storage/records.ts";
import { MemoryOrderedKV } from "#holdfast/testing/memory-ordered-kv.ts";
import type { CallName } from "../world/call-name.ts";
import type { SimProcess } from "../world/sim-process.ts";
import type { BareHome } from "./bare-home.ts";
import type { BareAccess } from "./memory-home.ts";

/** More than any run of a world has. */
const ALL = 100_000;

/** What a batch of the namespace is for. */
type Purpose = { readonly batch: CommitBatch } | { readonly message: NewMessage };

interface NamespaceAccess extends BareAccess {
  /** As of `kvDriver`: after how long the alarm looks after a run at work. */
  readonly watchMs: number;
}

/**
 * A bare run in a key-value namespace: calls of the namespace go over the wire, several to one of the driver, and nothing but the alarm
 * wakes it.
 */
export class NamespaceHome implements BareHome {
  readonly #access: NamespaceAccess;
  readonly #stored = new MemoryOrderedKV();
  readonly #purposes = new AsyncLocalStorage<Purpose>();
  /** Batches and messages that were told of: one that is delivered twice changes nothing the second time. */
  readonly #told = new Set<Purpose>();
  /** Ids of messages that were answered. */
  readonly #answered = new Set<string>();
  readonly #drivers = new WeakMap<SimProcess, KVDriver>();
  /** The alarm that rings, and whose handler it is. */
  #rung: { readonly by: SimProcess; readonly at: number } | null = null;

  constructor(access: NamespaceAccess) {
    this.#access = access;
  }

  driver(process: SimProcess): EngineDriver {
    const driver = this.#driver(process);
    const purposes = this.#purposes;
    return {
      limits: { ...driver.limits, ...this.#access.limits },
      load: (options) => driver.load(options),
      list: (prefix, page) => driver.list(prefix, page),
      commit: (batch) => purposes.run({ batch }, () => driver.commit(batch)),
      applied: (batchId) => driver.applied(batchId),
      peekMessages: (names, count) => driver.peekMessages(names, count),
      enqueueMessage: (message) => purposes.run({ message }, () => driver.enqueueMessage(message)),
      waitForMessages: (names, signal) => driver.waitForMessages(names, signal),
    };
  }

  /** One in each process: two would know nothing of each other. */
  #driver(process: SimProcess): KVDriver {
    const { run: workflowId, watchMs, now } = this.#access;
    const driver =
      this.#drivers.get(process) ??
      kvDriver(this.#namespace(process), { workflowId, watchMs, clock: { now } });
    this.#drivers.set(process, driver);
    return driver;
  }

  #namespace(process: SimProcess): OrderedKV {
    const { wire, run } = this.#access;
    const stored = this.#stored;
    const call = <T>(name: CallName, act: () => Promise<T>): Promise<T> =>
      wire.call(process, { name, run, act });
    return {
      get: (key) => call("get", () => stored.get(key)),
      list: (prefix, page) => call("list", () => stored.list(prefix, page)),
      batch: (change) => {
        const purpose = this.#purposes.getStore();
        return call("commit", async () => {
          await stored.batch(change);
          if (purpose !== undefined) await this.#tell(process, purpose);
        });
      },
      setAlarm: (at) => call("alarm", () => stored.setAlarm(at)),
    };
  }

  async #tell(process: SimProcess, purpose: Purpose): Promise<void> {
    const { witness } = this.#access;
    if (this.#told.has(purpose)) return;
    this.#told.add(purpose);
    if ("message" in purpose) {
      witness.enqueued(process, purpose.message);
      return;
    }
    for (const { id } of purpose.batch.complete) this.#answered.add(id);
    await witness.committed(process, purpose.batch);
  }

  async dump(): Promise<MemoryRunDump | null> {
    const reader = new KVReader(this.#stored, this.#access.run);
    const run = await reader.run();
    if (run === null) return null;
    const messages = (await reader.messages(null, ALL)).map((message) => ({ ...message, remember: true }));
    const entries = await reader.rows(new Uint8Array(0), { limit: ALL });
    const responses: [string, Uint8Array][] = [];
    for (const id of this.#answered) {
      const response = await reader.response(id);
      if (response !== null) responses.push([id, response]);
    }
    // Ids that are remembered are left out, and with them their checksums.
    const row = { ...run.record.row, queueSeal: 0 };
    return { row, header: run.header, entries, messages, consumed: [], responses };
  }

  /** One whose handler died with its process rings again. */
  async isDue(now: number): Promise<boolean> {
    if (this.#rung !== null && !this.#rung.by.alive) this.#ringAgain(this.#rung.at);
    const { alarm } = this.#stored;
    return alarm !== null && alarm <= now;
  }

  /** An alarm that rings is set no more; its handler sets the next. */
  async ring(process: SimProcess, run: () => Promise<void>): Promise<void> {
    const at = this.#stored.alarm ?? 0;
    this.#rung = { by: process, at };
    this.#stored.alarm = null;
    try {
      await this.#driver(process).rearm();
      await run();
      this.#rung = null;
    } catch {
      this.#ringAgain(at);
    }
  }

  #ringAgain(at: number): void {
    this.#rung = null;
    this.#stored.alarm = Math.min(this.#stored.alarm ?? at, at);
  }
}
