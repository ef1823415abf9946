import { StorageError } from "../../model/errors/storage-errors.ts";
import { AT_MOST } from "../../storage/at-most.ts";
import { listingStart, prefixEnd } from "../../storage/byte-order.ts";
import type { DriverLimits, KVEntry } from "../../storage/records.ts";
import type { KVChange, OrderedKV } from "../kv/ordered-kv.ts";
import { LAYOUT_KEY, type RunLayout, readLayout, writeLayout } from "./durable-layout.ts";
import type { DurableState, DurableStorage } from "./durable-state.ts";

/** The platform takes 2 MB a row, and says so when a row is stored; this leaves room for the key. */
const LIMITS: DriverLimits = {
  valueBytes: 2_000_000 - 8_192,
  // An object has 128 MB of memory for all that it does.
  batchBytes: 32 * 1024 * 1024,
  batchRows: 100_000,
};

/** The platform refuses alarms after 2189. One that comes too soon is set again. */
const LATEST_ALARM = Date.UTC(2189, 0, 1);

const CREATE = "CREATE TABLE holdfast (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID";
const PUT =
  "INSERT INTO holdfast (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
const SCAN = `SELECT key, value FROM holdfast WHERE key >= ? ORDER BY key ${AT_MOST}`;
const SCAN_TO = `SELECT key, value FROM holdfast WHERE key >= ? AND key < ? ORDER BY key ${AT_MOST}`;

/**
 * The namespace of one run in its object's own storage: one table, made by the first write. A batch and the alarm that
 * follows from it are one transaction; it is durable before `batch` resolves.
 */
export class DurableKV implements OrderedKV {
  readonly alarmInBatch = true;
  readonly limits: DriverLimits = LIMITS;
  readonly #storage: DurableStorage;
  readonly #layout: RunLayout;

  /** @throws StorageError when a newer version of Holdfast wrote the storage. */
  constructor(state: DurableState) {
    this.#storage = state.storage;
    this.#layout = readLayout(state);
  }

  /** The run's id: the object's name, or its id where it is not known by a name. It never changes once the run is there. */
  get workflowId(): string {
    return this.#layout.workflowId;
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    const [row] = this.#rows("SELECT value FROM holdfast WHERE key = ?", key);
    return row === undefined ? null : bytesOf(row.value);
  }

  async list(
    prefix: Uint8Array,
    page: { readonly after?: Uint8Array; readonly limit: number },
  ): Promise<KVEntry[]> {
    const from = listingStart(prefix, page.after);
    const to = prefixEnd(prefix);
    const rows = to === null ? this.#rows(SCAN, from, page.limit) : this.#rows(SCAN_TO, from, to, page.limit);
    return rows.map(({ key, value }) => ({ key: bytesOf(key), value: bytesOf(value) }));
  }

  async batch(change: KVChange): Promise<void> {
    const alarm = this.#transact(() => this.#write(change));
    await alarm;
    await this.#storage.sync();
  }

  async getAlarm(): Promise<number | null> {
    return this.#storage.getAlarm();
  }

  async setAlarm(at: number | null): Promise<void> {
    await (at === null ? this.#storage.deleteAlarm() : this.#storage.setAlarm(Math.min(at, LATEST_ALARM)));
  }

  /** Removes the run with all of it, and its alarm; whatever else the object stores stays. */
  async remove(): Promise<void> {
    if (!this.#layout.stored) return;
    const alarm = this.#transact(() => {
      this.#storage.sql.exec("DROP TABLE holdfast");
      return this.setAlarm(null);
    });
    this.#layout.stored = false;
    await alarm;
    await this.#storage.sync();
  }

  #write({ deleteRanges, deletes, puts, alarm }: KVChange): Promise<void> | undefined {
    if (!this.#layout.stored) {
      this.#storage.sql.exec(CREATE);
      this.#put(LAYOUT_KEY, writeLayout(this.#layout));
    }
    for (const { from, to } of deleteRanges) {
      this.#storage.sql.exec("DELETE FROM holdfast WHERE key >= ? AND key < ?", from, to);
    }
    for (const key of deletes) this.#storage.sql.exec("DELETE FROM holdfast WHERE key = ?", key);
    for (const { key, value } of puts) this.#put(key, value);
    return alarm === undefined ? undefined : this.setAlarm(alarm);
  }

  #put(key: Uint8Array, value: Uint8Array): void {
    this.#storage.sql.exec(PUT, key, value);
  }

  #transact<T>(work: () => T): T {
    try {
      const done = this.#storage.transactionSync(work);
      this.#layout.stored = true;
      return done;
    } catch (error) {
      const told = error instanceof Error ? error.message : String(error);
      throw new StorageError(
        `The object's storage refused a write: ${told}. Nothing of it was written; try again.`,
        { outcome: "not-applied", retryable: true, cause: error },
      );
    }
  }

  #rows(query: string, ...bindings: unknown[]): Record<string, unknown>[] {
    return this.#layout.stored ? this.#storage.sql.exec(query, ...bindings).toArray() : [];
  }
}

/** Something else than a blob is damage: as bytes it is found out where bytes are checked, and only there (P15). */
function bytesOf(value: unknown): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new TextEncoder().encode(String(value));
}
