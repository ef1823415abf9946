import type { RememberedId, SealedPlace } from "../../storage/damage.ts";
import type { PageSize } from "../../storage/page.ts";
import type { EncodedHeader, KeyRange, KVEntry, NewMessage } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import type { RunQuery } from "../../storage/store.ts";
import type { MessageState, QueuedMessage, Removal, RowOwner, Tables } from "../../storage/tables/tables.ts";
import { EntryTable } from "./entry-table.ts";
import { MessageTable } from "./message-table.ts";
import type { RunCache } from "./run-cache.ts";
import { RunTable } from "./run-table.ts";
import type { Statements } from "./statements.ts";

/** The tables of one database, through one connection. */
export class SqliteTables implements Tables {
  readonly #runs: RunTable;
  readonly #entries: EntryTable;
  readonly #messages: MessageTable;
  /** Counts writes, tried ones included: a transaction without any needs no commit. */
  writes = 0;

  constructor(statements: Statements, cache: RunCache | null) {
    this.#runs = new RunTable(statements, cache);
    this.#entries = new EntryTable(statements);
    this.#messages = new MessageTable(statements);
  }

  findRun(workflowId: string): RunRow | null {
    return this.#runs.find(workflowId);
  }

  retiredEpoch(): number {
    return this.#runs.retiredEpoch();
  }

  insertRun(run: RunRow, header: EncodedHeader): RunRow {
    this.writes++;
    return this.#runs.insert(run, header);
  }

  updateRun(before: RunRow, after: RunRow, header?: EncodedHeader): void {
    this.writes++;
    this.#runs.update(before, after, header);
  }

  deleteRun(run: RowOwner, retiredEpoch: number): void {
    this.writes++;
    this.#runs.delete(run, retiredEpoch);
  }

  header(key: number): EncodedHeader {
    return this.#runs.header(key);
  }

  scan(
    key: number,
    from: Uint8Array,
    to: Uint8Array | null,
    size: PageSize,
  ): { entries: KVEntry[]; more: boolean } {
    return this.#entries.scan(key, from, to, size);
  }

  putRow(key: number, entry: KVEntry): void {
    this.writes++;
    this.#entries.put(key, entry);
  }

  deleteRow(key: number, rowKey: Uint8Array): void {
    this.writes++;
    this.#entries.delete(key, rowKey);
  }

  deleteRows(key: number, range: KeyRange): void {
    this.writes++;
    this.#entries.deleteRange(key, range);
  }

  messageState(run: RowOwner, messageId: string): MessageState {
    return this.#messages.state(run, messageId);
  }

  nextPosition(run: RowOwner, front: boolean): number {
    return this.#messages.nextPosition(run, front);
  }

  insertMessage(run: RowOwner, message: NewMessage, position: number): number {
    this.writes++;
    return this.#messages.insert(run, message, position);
  }

  removeMessage(run: RowOwner, messageId: string): Removal {
    this.writes++;
    return this.#messages.remove(run, messageId);
  }

  messages(key: number, names: readonly string[] | null, count: number): QueuedMessage[] {
    return this.#messages.oldest(key, names, count);
  }

  places(key: number): SealedPlace[] {
    return this.#messages.places(key);
  }

  remembered(key: number): RememberedId[] {
    return this.#messages.remembered(key);
  }

  hasMessage(key: number, names: readonly string[]): boolean {
    return this.#messages.has(key, names);
  }

  countMessages(key: number, most: number): number {
    return this.#messages.countUpTo(key, most);
  }

  response(key: number, messageId: string): Uint8Array | null {
    return this.#messages.response(key, messageId);
  }

  removeResponse(key: number, messageId: string): void {
    this.writes++;
    this.#messages.removeResponse(key, messageId);
  }

  insertResponse(key: number, messageId: string, response: Uint8Array): void {
    this.writes++;
    this.#messages.insertResponse(key, messageId, response);
  }

  dueRuns(workflowNames: readonly string[] | null, now: number, limit: number): RunRow[] {
    return this.#runs.due(workflowNames, now, limit);
  }

  earliestDue(workflowNames: readonly string[] | null, except: ReadonlySet<number>): number | null {
    return this.#runs.earliestDue(workflowNames, except);
  }

  listRuns(query: Pick<RunQuery, "status" | "workflowName" | "limit">, before: number | null): RunRow[] {
    return this.#runs.list(query, before);
  }

  statistics(): ReturnType<Tables["statistics"]> {
    return { runs: this.#runs.countByStatus(), queuedMessages: this.#messages.count() };
  }
}
