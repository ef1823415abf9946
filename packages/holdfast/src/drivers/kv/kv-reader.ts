import { CorruptionError } from "../../model/errors/history-errors.ts";
import { compareBytes } from "../../storage/byte-order.ts";
import { COUNTED_MESSAGES, queueIsWrong } from "../../storage/damage.ts";
import type { ListPage } from "../../storage/driver.ts";
import { DEFAULT_PAGE, PageBuilder, pageOf } from "../../storage/page.ts";
import type { KVEntry, StoredMessage } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { queueSealWith } from "../../storage/seals.ts";
import {
  CONSUMED_IDS_PREFIX,
  consumedIdKey,
  MESSAGES_PREFIX,
  messageKey,
  NAMES_PREFIX,
  nameKey,
  namePrefix,
  positionOf,
  QUEUED_IDS_PREFIX,
  queuedIdKey,
  RUN_KEY,
  responseKey,
  rowKey,
} from "./kv-keys.ts";
import { decodeMessage, decodeQueuedId, decodeRun, type QueuedId, type RunRecordKV } from "./kv-records.ts";
import { damagedValue, openValue, sealOfValue, type ValuePlace } from "./kv-seal.ts";
import type { KVReading } from "./kv-session.ts";
import { reading } from "./namespace-calls.ts";
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
  readonly #workflowId: string;

  constructor(kv: OrderedKV, workflowId: string) {
    this.#kv = kv;
    this.#workflowId = workflowId;
  }

  /** The run; null when nothing of one is there. @throws CorruptionError */
  async run(): Promise<KVReading["run"]> {
    const value = await this.#get(RUN_KEY);
    if (value !== null) return decodeRun(this.#place(RUN_KEY), value);
    await this.#assertNothingLeft();
    return null;
  }

  async #assertNothingLeft(): Promise<void> {
    if ((await this.#list(new Uint8Array(0), { limit: 1 })).length === 0) return;
    throw damagedValue(this.#place(RUN_KEY), "missing", "the run's own record is gone, and others are there");
  }

  /** What is wrong with the queue of the run as a whole; null when it is what was written. */
  async queueDamage({ row }: RunRecordKV): Promise<CorruptionError | null> {
    try {
      await this.#assertQueue(row);
      return null;
    } catch (error) {
      if (CorruptionError.is(error)) return error;
      throw error;
    }
  }

  async #assertQueue(row: RunRow): Promise<void> {
    let [messages, seal] = [0, 0];
    const byName = new Set<string>();
    for await (const { key, value } of this.#all(QUEUED_IDS_PREFIX)) {
      const queued = decodeQueuedId(this.#place(key), value);
      messages += 1;
      seal = queueSealWith(seal, queued.seal ?? 0);
      byName.add(nameKey(queued.name, queued.position).join());
    }
    seal = queueSealWith(seal, await this.#rememberedSeal());
    if (messages !== row.queued || seal !== row.queueSeal) throw queueIsWrong(row, messages);
    await this.#assertNamed(byName, this.#all(NAMES_PREFIX));
  }

  /**
   * A runner that has had the run in memory for long has not read its queue as a whole, and would pass over a message that
   * is not found by its name (`assertFound` of tables).
   * @throws CorruptionError when a short queue is not what was put there
   */
  async #assertFound(found: number): Promise<void> {
    const row = (await this.run())?.record.row;
    if (row === undefined || row.queued > COUNTED_MESSAGES || row.queued === found) return;
    const page = { limit: COUNTED_MESSAGES + 1 };
    const ids = await this.#list(QUEUED_IDS_PREFIX, page);
    if (ids.length !== row.queued) throw queueIsWrong(row, ids.length);
    const queued = ids.map(({ key, value }) => decodeQueuedId(this.#place(key), value));
    const byName = new Set(queued.map(({ name, position }) => nameKey(name, position).join()));
    await this.#assertNamed(byName, await this.#list(NAMES_PREFIX, page));
  }

  async #assertNamed(byName: Set<string>, named: AsyncIterable<KVEntry> | Iterable<KVEntry>): Promise<void> {
    for await (const { key } of named) {
      if (!byName.delete(key.join())) throw this.#queueIsWrong("a message is named that is not in the queue");
    }
    if (byName.size > 0) throw this.#queueIsWrong(`${byName.size} messages are not to be found by name`);
  }

  /** The sum of the seals of remembered ids. */
  async #rememberedSeal(): Promise<number> {
    let sum = 0;
    for await (const { key, value } of this.#all(CONSUMED_IDS_PREFIX)) {
      openValue(this.#place(key), value);
      sum = queueSealWith(sum, sealOfValue(value));
    }
    return sum;
  }

  #queueIsWrong(problem: string): CorruptionError {
    return new CorruptionError("missing", "", problem, { workflowId: this.#workflowId });
  }

  async read(questions: Questions): Promise<KVReading> {
    const run = await this.run();
    const queued = new Map<string, QueuedId>();
    const consumed = new Set<string>();
    for (const id of new Set(questions.messageIds)) {
      const value = await this.#get(queuedIdKey(id));
      if (value !== null) queued.set(id, decodeQueuedId(this.#place(queuedIdKey(id)), value));
      if (await this.#isRemembered(id)) consumed.add(id);
    }
    const counting = questions.consumed > 0;
    const page = { limit: COUNTED_MESSAGES + 1 };
    const counted = counting ? (await this.#list(QUEUED_IDS_PREFIX, page)).length : 0;
    const answered = new Set<string>();
    for (const id of questions.answeredIds) if ((await this.response(id)) !== null) answered.add(id);
    const named = new Map<string, number[]>();
    for (const name of questions.wants) named.set(name, await this.#positions(name, questions.consumed + 1));
    return { run, queued, consumed, counted, answered, named };
  }

  /** @throws CorruptionError for an id that does not fit its checksum */
  async #isRemembered(messageId: string): Promise<boolean> {
    const key = consumedIdKey(messageId);
    const value = await this.#get(key);
    if (value !== null) openValue(this.#place(key), value);
    return value !== null;
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
    for (const { key, value } of names === null
      ? await this.#oldest(count)
      : await this.#named(names, count)) {
      const { remember: _, ...message } = decodeMessage(this.#place(key), value);
      found.push(message);
    }
    if (names !== null) await this.#assertFound(found.length);
    return found;
  }

  /** Whether a message of one of these names is queued. */
  async holdsNamed(names: readonly string[]): Promise<boolean> {
    for (const name of names) if ((await this.#list(namePrefix(name), { limit: 1 })).length > 0) return true;
    return false;
  }

  async #oldest(count: number): Promise<readonly KVEntry[]> {
    return this.#list(MESSAGES_PREFIX, { limit: count });
  }

  async #named(names: readonly string[], count: number): Promise<KVEntry[]> {
    const positions: number[] = [];
    for (const name of new Set(names)) {
      for (const position of await this.#positions(name, count)) positions.push(position);
    }
    positions.sort((a, b) => a - b);
    const found: KVEntry[] = [];
    for (const position of positions.slice(0, count)) {
      const key = messageKey(position);
      const value = await this.#get(key);
      if (value === null) throw damagedValue(this.#place(key), "missing", "a message of the queue is gone");
      found.push({ key, value });
    }
    return found;
  }

  async #positions(name: string, count: number): Promise<number[]> {
    const keys = await this.#list(namePrefix(name), { limit: count });
    return keys.map(({ key }) => {
      const position = positionOf(name, key);
      if (position === null) throw damagedValue(this.#place(key), "malformed", "it names no message");
      return position;
    });
  }

  /** All pairs under a prefix. */
  async *#all(prefix: Uint8Array): AsyncGenerator<KVEntry> {
    for (let after: Uint8Array | undefined; ; ) {
      const page = await this.#list(prefix, { ...(after === undefined ? {} : { after }), limit: READ_ROWS });
      yield* page;
      if (page.length < READ_ROWS) return;
      after = page.at(-1)?.key;
    }
  }

  #place(key: Uint8Array): ValuePlace {
    return { workflowId: this.#workflowId, key };
  }

  async #rows(prefix: Uint8Array, { after }: ListPage, limit: number): Promise<KVEntry[]> {
    if (limit < 1) return [];
    const start = after !== undefined && compareBytes(after, prefix) >= 0 ? { after: rowKey(after) } : {};
    const rows = await this.#list(rowKey(prefix), { ...start, limit });
    return rows.map(({ key, value }) => ({ key: key.slice(1), value }));
  }

  async #get(key: Uint8Array): Promise<Uint8Array | null> {
    return (await reading(() => this.#kv.get(key))) ?? null;
  }

  #list(prefix: Uint8Array, page: { after?: Uint8Array; limit: number }): Promise<readonly KVEntry[]> {
    return reading(() => this.#kv.list(prefix, page));
  }
}
