import type { RunState } from "../../model/run.ts";
import type { RememberedId, SealedPlace } from "../damage.ts";
import type { PageSize } from "../page.ts";
import type { DriverLimits, EncodedHeader, KeyRange, KVEntry, NewMessage } from "../records.ts";
import type { RunRow } from "../run-row.ts";
import type { RunQuery, StoreStatistics } from "../store.ts";
import type { Change } from "../waiters.ts";

/** A queued message as it is stored, with the checksum of its place; messages of old have none. */
export interface QueuedMessage {
  readonly place: SealedPlace;
  readonly body: Uint8Array;
}

/** The run that rows belong to. */
export type RowOwner = Pick<RunRow, "key" | "workflowId">;

/** What a message leaves behind when it is taken out of a queue. */
export interface Removal {
  /** The seal of its place; 0 if it has none, or if no such message was queued. */
  readonly place: number;
  /** The seal of its id, if that is remembered from now on; else 0. */
  readonly remembered: number;
}

/** Where a message stands: `consumed` is no longer queued, and its id is remembered. */
export type MessageState = "queued" | "consumed" | "unknown";

/**
 * What commits and messages touch, as synchronous storage: plain reads and writes, no decisions. What is read and
 * written when, and what is refused, is written once in this folder, over this port.
 *
 * Runs are named by the key of their row. Byte arrays that come out are the caller's; those that go in are the table's.
 */
export interface RunTables {
  /** A row that does not fit its checksum is shown as that of a damaged run (`seenRow`). */
  findRun(workflowId: string): RunRow | null;
  /** The highest epoch of all runs that were deleted; 0 when none was. @throws CorruptionError (`soundRetiredEpoch`) */
  retiredEpoch(): number;
  /** Gives the row with its key: greater than that of every run before, deleted ones included. */
  insertRun(run: RunRow, header: EncodedHeader): RunRow;
  /** Replaces `before`, as it was found; the header stays when none is given. */
  updateRun(before: RunRow, after: RunRow, header?: EncodedHeader): void;

  putRow(key: number, entry: KVEntry): void;
  deleteRow(key: number, rowKey: Uint8Array): void;
  deleteRows(key: number, range: KeyRange): void;

  /** @throws CorruptionError for an id that does not fit its checksum (`assertRemembered`) */
  messageState(run: RowOwner, messageId: string): MessageState;
  /** The position behind all queued messages, or in front of them. @throws CorruptionError (`positionBeside`) */
  nextPosition(run: RowOwner, front: boolean): number;
  /** @returns the seal of its place */
  insertMessage(run: RowOwner, message: NewMessage, position: number): number;
  /** Takes the message out of the queue and remembers its id if it asks for that. */
  removeMessage(run: RowOwner, messageId: string): Removal;
  hasMessage(key: number, names: readonly string[]): boolean;
  /** How many messages are queued, counted up to `most`: asked for when some are consumed (`assertCounted`). */
  countMessages(key: number, most: number): number;
  /** Forgets the answer to a message, if there is one. */
  removeResponse(key: number, messageId: string): void;
  /** The first answer to a message stays. */
  insertResponse(key: number, messageId: string, response: Uint8Array): void;
}

/** All tables of a store in synchronous storage: memory and SQLite implement them. */
export interface Tables extends RunTables {
  /** Removes everything of the run; `retiredEpoch` is from now on the highest of all runs that were deleted. */
  deleteRun(run: RowOwner, retiredEpoch: number): void;
  header(key: number): EncodedHeader;
  /** Rows with `from <= key < to` (null: to the end) in ascending order, until the page is full. */
  scan(
    key: number,
    from: Uint8Array,
    to: Uint8Array | null,
    size: PageSize,
  ): { entries: KVEntry[]; more: boolean };
  /** Oldest first; null: of any name. */
  messages(key: number, names: readonly string[] | null, count: number): QueuedMessage[];
  /** The places of all queued messages, in any order. */
  places(key: number): Iterable<SealedPlace>;
  /** The ids of consumed messages that are remembered, in any order. */
  remembered(key: number): Iterable<RememberedId>;
  response(key: number, messageId: string): Uint8Array | null;

  /** Sound runs with `dueAt <= now`, longest due first; null: of any workflow. */
  dueRuns(workflowNames: readonly string[] | null, now: number, limit: number): RunRow[];
  /** The earliest `dueAt` of these workflows' sound runs, those in `except` left out. */
  earliestDue(workflowNames: readonly string[] | null, except: ReadonlySet<number>): number | null;
  /** Newest first, with keys below `before`; without those that do not exist yet. */
  listRuns(query: Pick<RunQuery, "status" | "workflowName" | "limit">, before: number | null): RunRow[];
  statistics(): { readonly runs: Partial<Record<RunState, number>> } & Pick<
    StoreStatistics,
    "queuedMessages"
  >;
}

/** What a commit or a message is decided on and written to. */
export interface RunLedger {
  readonly tables: RunTables;
  readonly limits: DriverLimits;
  /** How many messages one run may have queued; null: as each sender says. */
  readonly queuedMessages: number | null;
  /** The storage's clock: milliseconds since the epoch. */
  now(): number;
  /** Called for every run that an operation changes; waiters are told when it is durable. */
  changed(change: Change): void;
}

/** The tables as one operation of a store sees them, with what it needs to decide. */
export interface Ledger extends RunLedger {
  readonly tables: Tables;
}
