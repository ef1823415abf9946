import type { KVChange, KVEntry, OrderedKV } from "holdfast";
import { SerialSection } from "holdfast/embedding";
import type { EngineDriver, KVWrite } from "../model/driver.ts";
import { type Aftermath, decodeAftermath, encodeAftermath, isNothing, NO_AFTERMATH } from "./aftermath.ts";
import { compareKeys } from "./compare-keys.ts";
import type { MessageLedger } from "./message-ledger.ts";
import { AFTERMATH_KEY, ownKey, STAGED_PREFIX, stagedKey, withoutPrefix } from "./own-keys.ts";
import { rangesAround } from "./ranges-around.ts";

/** What a host without `atomicBatch` surely writes at once. */
const BATCH_ROWS = 100;
const BATCH_BYTES = 256 * 1024;

/**
 * A host's namespace as an ordered one with an atomic batch.
 *
 * Owns: the aftermath of batches. Does not own: which messages it holds (message-ledger.ts).
 * Invariants: the host's batch that holds the aftermath is the commit; nothing is read or written before the aftermath
 * of the last commit is done, so a process that dies in between leaves nothing that anybody sees half done.
 */
export class Namespace implements OrderedKV {
  readonly #host: EngineDriver;
  readonly #workflowId: string | null;
  readonly #ledger: MessageLedger;
  /** Commits and what follows them, one at a time. */
  readonly #section = new SerialSection();
  /** Whether the stored aftermath is known to be done. */
  #settled = false;
  /** Whether the stored aftermath is known to be empty. */
  #clean = false;
  /** The last listing, for the page that follows: a host lists whole prefixes only. */
  #listing: { readonly prefix: string; readonly rows: readonly KVEntry[] } | null = null;

  constructor(host: EngineDriver, workflowId: string | null, ledger: MessageLedger) {
    this.#host = host;
    this.#workflowId = workflowId;
    this.#ledger = ledger;
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    await this.settle();
    return this.#host.get(ownKey(key));
  }

  async list(
    prefix: Uint8Array,
    page: { readonly after?: Uint8Array; readonly limit: number },
  ): Promise<readonly KVEntry[]> {
    await this.settle();
    const id = prefix.join();
    const { after, limit } = page;
    const kept = after !== undefined && this.#listing?.prefix === id ? this.#listing.rows : null;
    const rows = kept ?? (await this.#host.list(ownKey(prefix))).map(ownRow);
    const start = after === undefined ? 0 : firstAfter(rows, after);
    this.#listing = start + limit < rows.length ? { prefix: id, rows } : null;
    return rows.slice(start, start + limit);
  }

  batch(change: KVChange): Promise<void> {
    return this.#section.run(() => this.#batch(change));
  }

  async #batch(change: KVChange): Promise<void> {
    await this.#settle();
    this.#listing = null;
    const { completions, sendings, row } = this.#ledger.take();
    const puts = change.puts.map(({ key, value }) => ({ key: ownKey(key), value }));
    const putKeys = puts.map(({ key }) => key);
    const kept = new Set(putKeys.map((key) => key.join()));
    const aftermath: Aftermath = {
      staged: 0,
      deletes: change.deletes.map(ownKey).filter((key) => !kept.has(key.join())),
      ranges: change.deleteRanges.flatMap(({ from, to }) =>
        rangesAround({ from: ownKey(from), to: ownKey(to) }, putKeys),
      ),
      completions,
      sendings,
    };
    if (row !== null) puts.push(row);
    this.#settled = false;
    try {
      await this.#commit(puts, aftermath);
    } catch (error) {
      this.#ledger.giveBack();
      throw error;
    }
    // The commit stands: what fails from here on is done before the next operation.
    await this.#settle(false).catch(() => {});
  }

  async setAlarm(at: number | null): Promise<void> {
    if (this.#workflowId === null) return;
    if (at === null) await this.#host.clearAlarm(this.#workflowId);
    else await this.#host.setAlarm(this.#workflowId, at);
  }

  /** Somebody else may have written: what is known of the storage is read again. */
  refresh(): void {
    this.#settled = false;
    this.#listing = null;
  }

  /** Finishes what the last commit left to do. */
  async settle(): Promise<void> {
    if (!this.#settled) await this.#section.run(() => this.#settle());
  }

  async #settle(again = true): Promise<void> {
    if (this.#settled) return;
    const aftermath = decodeAftermath(await this.#host.get(AFTERMATH_KEY));
    await this.#ledger.load();
    this.#clean = isNothing(aftermath);
    if (!this.#clean) await this.#do(aftermath, again);
    this.#settled = true;
  }

  async #commit(puts: readonly KVWrite[], aftermath: Aftermath): Promise<void> {
    if (!fits(puts, this.#host)) {
      await this.#stage(puts, { ...aftermath, staged: puts.length });
      return;
    }
    const needsRow = !this.#clean || !isNothing(aftermath);
    this.#clean = false;
    const row = { key: AFTERMATH_KEY, value: encodeAftermath(aftermath) };
    await this.#host.batch(needsRow ? [...puts, row] : [...puts]);
  }

  /** The rows first, where nobody looks; then, in one write, that they count. */
  async #stage(puts: readonly KVWrite[], aftermath: Aftermath): Promise<void> {
    this.#clean = false;
    await this.#host.deletePrefix(STAGED_PREFIX);
    const rows = puts.map((put, index) => ({ key: stagedKey(index), value: framed(put) }));
    for (const part of parts(rows)) await this.#host.batch(part);
    await this.#host.set(AFTERMATH_KEY, encodeAftermath(aftermath));
  }

  async #do(aftermath: Aftermath, again: boolean): Promise<void> {
    // Ranges and deletions come before the puts of the same commit; those that were put with the batch are not in them.
    for (const { from, to } of aftermath.ranges) await this.#host.deleteRange(from, to);
    await this.#delete(aftermath.deletes);
    if (aftermath.staged > 0) {
      const rows = (await this.#host.list(STAGED_PREFIX)).map(({ value }) => unframed(value));
      for (const part of parts(rows)) await this.#host.batch(part);
      await this.#ledger.load();
    }
    await this.#ledger.deliver(aftermath, again);
    if (aftermath.staged === 0 && aftermath.sendings.length === 0) return;
    // Rows that were staged, and messages that somebody may have taken since, must not be put a second time.
    await this.#host.set(AFTERMATH_KEY, encodeAftermath(NO_AFTERMATH));
    this.#clean = true;
    if (aftermath.staged > 0) await this.#host.deletePrefix(STAGED_PREFIX);
  }

  async #delete(keys: readonly Uint8Array[]): Promise<void> {
    if (keys.length === 0) return;
    if (typeof this.#host.batchDelete === "function") await this.#host.batchDelete([...keys]);
    else for (const key of keys) await this.#host.delete(key);
  }
}

function fits(puts: readonly KVWrite[], host: EngineDriver): boolean {
  if (host.atomicBatch === true) return true;
  const bytes = puts.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  return puts.length <= BATCH_ROWS && (bytes <= BATCH_BYTES || puts.length === 1);
}

/** Batches that a host takes. */
function* parts(rows: readonly KVWrite[]): IterableIterator<KVWrite[]> {
  let part: KVWrite[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = row.key.length + row.value.length;
    if (part.length > 0 && (part.length === BATCH_ROWS || bytes + size > BATCH_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

function framed({ key, value }: KVWrite): Uint8Array {
  const frame = new Uint8Array(4 + key.length + value.length);
  new DataView(frame.buffer).setUint32(0, key.length);
  frame.set(key, 4);
  frame.set(value, 4 + key.length);
  return frame;
}

function unframed(frame: Uint8Array): KVWrite {
  const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
  return { key: frame.slice(4, 4 + length), value: frame.slice(4 + length) };
}

function ownRow({ key, value }: KVEntry): KVEntry {
  return { key: withoutPrefix(key), value };
}

/** The index of the first row after a key, in rows of ascending order. */
function firstAfter(rows: readonly KVEntry[], after: Uint8Array): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys((rows[middle] as KVEntry).key, after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
