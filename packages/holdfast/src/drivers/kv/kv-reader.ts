import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import { compareBytes } from "../../storage/byte-order.ts";
import type { ListPage } from "../../storage/driver.ts";
import { DEFAULT_PAGE, PageBuilder, pageOf } from "../../storage/page.ts";
import type { KVEntry, StoredMessage } from "../../storage/records.ts";
import {
  consumedIdKey,
  MESSAGES_PREFIX,
  messageKey,
  namePrefix,
  positionOf,
  queuedIdKey,
  RUN_KEY,
  responseKey,
  rowKey,
} from "./kv-keys.ts";
import { decodeMessage, decodeQueuedId, decodeRun, type QueuedId } from "./kv-records.ts";
import type { KVReading } from "./kv-session.ts";
import type { OrderedKV } from "./ordered-kv.ts";

/** Rows that are read at once: a page that ends by its bytes reads at most so many too far. */
const READ_ROWS = 128;

/** What an operation needs to know before it is decided. */
export interface Questions {
  readonly messageIds: Iterable<string>;
  readonly answeredIds: Iterable<string>;
  readonly wants: readonly string[];
  /** How many messages of a wanted name the operation may take away. */
  readonly consumed: number;
}

/** Reads a run from its namespace. */
export class KVReader {
  readonly #kv: OrderedKV;

  constructor(kv: OrderedKV) {
    this.#kv = kv;
  }

  async run(): Promise<KVReading["run"]> {
    const value = await this.#get(RUN_KEY);
    return value === null ? null : decodeRun(value);
  }

  async read(questions: Questions): Promise<KVReading> {
    const run = await this.run();
    const queued = new Map<string, QueuedId>();
    const consumed = new Set<string>();
    for (const id of new Set(questions.messageIds)) {
      const value = await this.#get(queuedIdKey(id));
      if (value !== null) queued.set(id, decodeQueuedId(value));
      if ((await this.#get(consumedIdKey(id))) !== null) consumed.add(id);
    }
    const answered = new Set<string>();
    for (const id of questions.answeredIds) if ((await this.response(id)) !== null) answered.add(id);
    const named = new Map<string, number[]>();
    for (const name of questions.wants) named.set(name, await this.#positions(name, questions.consumed + 1));
    return { run, queued, consumed, answered, named };
  }

  response(messageId: string): Promise<Uint8Array | null> {
    return this.#get(responseKey(messageId));
  }

  /** The first page of all rows, and whether there are more. */
  async firstPage(): Promise<{ entries: KVEntry[]; more: boolean }> {
    const page = new PageBuilder(DEFAULT_PAGE);
    for (;;) {
      const after = page.entries.at(-1)?.key;
      const rows = await this.#rows(new Uint8Array(0), after === undefined ? {} : { after }, READ_ROWS);
      for (const row of rows) {
        if (page.full) return { entries: page.entries, more: true };
        page.add(row);
      }
      if (rows.length < READ_ROWS) return { entries: page.entries, more: false };
    }
  }

  rows(prefix: Uint8Array, page: ListPage): Promise<KVEntry[]> {
    return this.#rows(prefix, page, pageOf(page.limit).rows);
  }

  async messages(names: readonly string[] | null, count: number): Promise<StoredMessage[]> {
    const found: StoredMessage[] = [];
    for (const value of names === null ? await this.#oldest(count) : await this.#named(names, count)) {
      const { remember: _, ...message } = decodeMessage(value);
      found.push(message);
    }
    return found;
  }

  async #oldest(count: number): Promise<Uint8Array[]> {
    return (await this.#list(MESSAGES_PREFIX, { limit: count })).map(({ value }) => value);
  }

  async #named(names: readonly string[], count: number): Promise<Uint8Array[]> {
    const positions: number[] = [];
    for (const name of new Set(names)) positions.push(...(await this.#positions(name, count)));
    positions.sort((a, b) => a - b);
    const values: Uint8Array[] = [];
    for (const position of positions.slice(0, count)) {
      const value = await this.#get(messageKey(position));
      if (value !== null) values.push(value);
    }
    return values;
  }

  async #positions(name: string, count: number): Promise<number[]> {
    return (await this.#list(namePrefix(name), { limit: count })).map(({ key }) => positionOf(key));
  }

  async #rows(prefix: Uint8Array, { after }: ListPage, limit: number): Promise<KVEntry[]> {
    if (limit < 1) return [];
    const start = after !== undefined && compareBytes(after, prefix) >= 0 ? { after: rowKey(after) } : {};
    const rows = await this.#list(rowKey(prefix), { ...start, limit });
    return rows.map(({ key, value }) => ({ key: key.slice(1), value }));
  }

  #get(key: Uint8Array): Promise<Uint8Array | null> {
    return this.#kv.get(key).catch(readFailed);
  }

  #list(prefix: Uint8Array, page: { after?: Uint8Array; limit: number }): Promise<readonly KVEntry[]> {
    return this.#kv.list(prefix, page).catch(readFailed);
  }
}

function readFailed(error: unknown): never {
  if (HoldfastError.is(error)) throw error;
  const told = error instanceof Error ? error.message : String(error);
  throw new StorageError(`The key-value storage failed to read: ${told}. Try again.`, {
    outcome: "not-applied",
    retryable: true,
    cause: error,
  });
}
