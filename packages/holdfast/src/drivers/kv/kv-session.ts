import type { EncodedHeader, KeyRange, KVEntry, NewMessage } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { sealOfMessage } from "../../storage/seals.ts";
import type { MessageState, Removal, RowOwner, RunTables } from "../../storage/tables/tables.ts";
import { consumedIdKey, messageKey, nameKey, queuedIdKey, RUN_KEY, responseKey, rowKey } from "./kv-keys.ts";
import { encodeMessage, encodeQueuedId, encodeRun, type QueuedId, type RunRecordKV } from "./kv-records.ts";
import { sealOfValue, sealValue, type ValuePlace } from "./kv-seal.ts";
import type { KVChange } from "./ordered-kv.ts";

/** What was read for one operation before it is decided. */
export interface KVReading {
  readonly run: { readonly record: RunRecordKV; readonly header: Uint8Array } | null;
  /** Of the ids that the operation names. */
  readonly queued: ReadonlyMap<string, QueuedId>;
  readonly consumed: ReadonlySet<string>;
  /** Messages in the queue, counted up to one more than `COUNTED_MESSAGES`; only where some are to be consumed. */
  readonly counted: number;
  readonly answered: ReadonlySet<string>;
  /** Positions of messages by name: of the names that the run wants, as many as tell whether one is left. */
  readonly named: ReadonlyMap<string, readonly number[]>;
}

/** One operation on a run in a namespace: reads what was read before, and gathers its writes for one batch. */
export class KVSession implements RunTables {
  readonly #workflowId: string;
  #row: RunRow | null;
  #header: EncodedHeader;
  #front: number;
  #behind: number;
  #written = false;
  readonly #queued: Map<string, QueuedId>;
  readonly #consumed: Set<string>;
  readonly #counted: number;
  readonly #answered: ReadonlySet<string>;
  readonly #named: Map<string, Set<number>>;
  readonly #deleteRanges: KeyRange[] = [];
  readonly #deletes = new Map<string, Uint8Array>();
  readonly #puts = new Map<string, KVEntry>();

  constructor(workflowId: string, reading: KVReading) {
    const { run } = reading;
    this.#workflowId = workflowId;
    this.#row = run?.record.row ?? null;
    this.#header = run?.header ?? new Uint8Array(0);
    this.#front = run?.record.front ?? -1;
    this.#behind = run?.record.behind ?? 0;
    this.#queued = new Map(reading.queued);
    this.#consumed = new Set(reading.consumed);
    this.#counted = reading.counted;
    this.#answered = reading.answered;
    this.#named = new Map(Array.from(reading.named, ([name, positions]) => [name, new Set(positions)]));
  }

  /** A namespace of one run is told nothing of others. */
  retiredEpoch(): number {
    return 0;
  }

  /** The run as this operation leaves it. */
  get run(): RunRow | null {
    return this.#row;
  }

  /** The batch that makes this operation's writes; null when there are none. */
  change(): KVChange | null {
    if (!this.#written || this.#row === null) return null;
    const record = { row: this.#row, front: this.#front, behind: this.#behind };
    const value = encodeRun(this.#place(RUN_KEY), record, this.#header);
    const puts = [...this.#puts.values(), { key: RUN_KEY, value }];
    return { deleteRanges: this.#deleteRanges, deletes: [...this.#deletes.values()], puts };
  }

  findRun(workflowId: string): RunRow | null {
    return this.#row?.workflowId === workflowId ? this.#row : null;
  }

  insertRun(run: RunRow, header: EncodedHeader): RunRow {
    const row = { ...run, key: 1 };
    this.updateRun(row, row, header);
    return row;
  }

  updateRun(_before: RunRow, after: RunRow, header: EncodedHeader = this.#header): void {
    this.#row = after;
    this.#header = header;
    this.#written = true;
  }

  putRow(_key: number, entry: KVEntry): void {
    this.#put(rowKey(entry.key), entry.value);
  }

  deleteRow(_key: number, key: Uint8Array): void {
    this.#delete(rowKey(key));
  }

  deleteRows(_key: number, { from, to }: KeyRange): void {
    this.#deleteRanges.push({ from: rowKey(from), to: rowKey(to) });
  }

  messageState(_run: RowOwner, messageId: string): MessageState {
    if (this.#queued.has(messageId)) return "queued";
    return this.#consumed.has(messageId) ? "consumed" : "unknown";
  }

  nextPosition(_run: RowOwner, front: boolean): number {
    return front ? this.#front : this.#behind;
  }

  insertMessage({ workflowId }: RowOwner, message: NewMessage, position: number): number {
    this.#front = Math.min(this.#front, position - 1);
    this.#behind = Math.max(this.#behind, position + 1);
    const { id, name, remember } = message;
    const seal = sealOfMessage(workflowId, { ...message, position });
    const queued = { position, name, remember, seal };
    const [at, idAt] = [messageKey(position), queuedIdKey(id)];
    this.#queued.set(id, queued);
    this.#named.set(name, (this.#named.get(name) ?? new Set()).add(position));
    this.#put(at, encodeMessage(this.#place(at), message));
    this.#put(idAt, encodeQueuedId(this.#place(idAt), queued));
    this.#put(nameKey(name, position), new Uint8Array(0));
    return seal;
  }

  removeMessage(_run: RowOwner, messageId: string): Removal {
    const queued = this.#queued.get(messageId);
    if (queued === undefined) return { place: 0, remembered: 0 };
    this.#forget(messageId, queued);
    return { place: queued.seal ?? 0, remembered: queued.remember ? this.#remember(messageId) : 0 };
  }

  #forget(messageId: string, queued: QueuedId): void {
    this.#queued.delete(messageId);
    this.#named.get(queued.name)?.delete(queued.position);
    this.#delete(messageKey(queued.position));
    this.#delete(queuedIdKey(messageId));
    this.#delete(nameKey(queued.name, queued.position));
  }

  /** @returns the seal of the id, 0 if it was remembered before */
  #remember(messageId: string): number {
    if (this.#consumed.has(messageId)) return 0;
    this.#consumed.add(messageId);
    const key = consumedIdKey(messageId);
    const value = sealValue(this.#place(key), new Uint8Array(0));
    this.#put(key, value);
    return sealOfValue(value);
  }

  hasMessage(_key: number, names: readonly string[]): boolean {
    return names.some((name) => (this.#named.get(name)?.size ?? 0) > 0);
  }

  countMessages(_key: number, most: number): number {
    return Math.min(this.#counted, most);
  }

  removeResponse(_key: number, messageId: string): void {
    this.#delete(responseKey(messageId));
  }

  insertResponse(_key: number, messageId: string, response: Uint8Array): void {
    const key = responseKey(messageId);
    const given = this.#answered.has(messageId) && !this.#deletes.has(key.join());
    if (!given && !this.#puts.has(key.join())) this.#put(key, response);
  }

  #place(key: Uint8Array): ValuePlace {
    return { workflowId: this.#workflowId, key };
  }

  /** A put after a delete wins in the batch's order; a delete after a put must take the put back. */
  #put(key: Uint8Array, value: Uint8Array): void {
    this.#puts.set(key.join(), { key, value });
  }

  #delete(key: Uint8Array): void {
    this.#puts.delete(key.join());
    this.#deletes.set(key.join(), key);
  }
}
