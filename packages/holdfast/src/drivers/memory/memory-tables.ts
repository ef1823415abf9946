import type { RunState } from "../../model/run.ts";
import { keyAfter } from "../../storage/byte-order.ts";
import {
  assertRemembered,
  positionBeside,
  type RememberedId,
  type SealedPlace,
} from "../../storage/damage.ts";
import { PageBuilder, type PageSize } from "../../storage/page.ts";
import type { EncodedHeader, KeyRange, KVEntry, NewMessage } from "../../storage/records.ts";
import { type RetiredEpoch, soundRetiredEpoch } from "../../storage/retired-epoch.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { sealOfRemembered, sealOfRetired } from "../../storage/seals.ts";
import type { RunQuery } from "../../storage/store.ts";
import type { MessageState, QueuedMessage, Removal, RowOwner, Tables } from "../../storage/tables/tables.ts";
import { type Due, DueIndex } from "./due-index.ts";
import { MemoryRun } from "./memory-run.ts";
import { placeOf } from "./message-queue.ts";

const NONE_RETIRED: RetiredEpoch = { epoch: 0, seal: sealOfRetired(0) };

/** Tables in memory. Bytes are copied on the way in and on the way out, as a file would. */
export class MemoryTables implements Tables {
  /** In the order of creation. */
  readonly runs = new Map<number, MemoryRun>();
  readonly #byId = new Map<string, MemoryRun>();
  readonly #due = new DueIndex();
  nextKey = 1;
  /** As it was read. */
  retired: RetiredEpoch = NONE_RETIRED;
  /** Counts everything that was written: who compares two values knows whether something was written in between. */
  writes = 0;

  findRun(workflowId: string): RunRow | null {
    return this.#byId.get(workflowId)?.row ?? null;
  }

  retiredEpoch(): number {
    return soundRetiredEpoch(this.retired);
  }

  insertRun(run: RunRow, header: EncodedHeader): RunRow {
    const row = { ...run, key: this.nextKey++ };
    this.adopt(new MemoryRun(row, header.slice()));
    this.writes++;
    return row;
  }

  /** Takes a run as it is, with its key. */
  adopt(run: MemoryRun): void {
    this.runs.set(run.row.key, run);
    this.#due.add(run.row);
    this.#byId.set(run.row.workflowId, run);
  }

  updateRun(_before: RunRow, row: RunRow, header?: EncodedHeader): void {
    const run = this.#run(row.key);
    this.#due.remove(run.row);
    run.row = row;
    this.#due.add(row);
    if (header !== undefined) run.header = header.slice();
    this.writes++;
  }

  deleteRun({ key }: RowOwner, retiredEpoch: number): void {
    this.retired = { epoch: retiredEpoch, seal: sealOfRetired(retiredEpoch) };
    const { row } = this.#run(key);
    this.#byId.delete(row.workflowId);
    this.#due.remove(row);
    this.runs.delete(key);
    this.writes++;
  }

  clear(): void {
    this.runs.clear();
    this.#byId.clear();
    this.#due.clear();
    this.retired = NONE_RETIRED;
  }

  header(key: number): EncodedHeader {
    return this.#run(key).header.slice();
  }

  scan(
    key: number,
    from: Uint8Array,
    to: Uint8Array | null,
    size: PageSize,
  ): { entries: KVEntry[]; more: boolean } {
    const page = new PageBuilder(size);
    for (const row of this.#run(key).rows.range(from, to)) {
      if (page.full) return { entries: page.entries, more: true };
      page.add({ key: row.key.slice(), value: row.value.slice() });
    }
    return { entries: page.entries, more: false };
  }

  putRow(key: number, entry: KVEntry): void {
    this.#run(key).rows.put({ key: entry.key.slice(), value: entry.value.slice() });
    this.writes++;
  }

  deleteRow(key: number, rowKey: Uint8Array): void {
    this.#run(key).rows.deleteRange(rowKey, keyAfter(rowKey));
    this.writes++;
  }

  deleteRows(key: number, range: KeyRange): void {
    this.#run(key).rows.deleteRange(range.from, range.to);
    this.writes++;
  }

  messageState({ key, workflowId }: RowOwner, messageId: string): MessageState {
    const run = this.#run(key);
    if (run.queue.has(messageId)) return "queued";
    const seal = run.consumed.get(messageId);
    if (seal === undefined) return "unknown";
    assertRemembered(workflowId, { id: messageId, seal });
    return "consumed";
  }

  nextPosition({ key, workflowId }: RowOwner, front: boolean): number {
    const end = this.#run(key).queue.end(front);
    return positionBeside(workflowId, end, front);
  }

  insertMessage({ key, workflowId }: RowOwner, message: NewMessage, position: number): number {
    this.writes++;
    const { queueLimit: _, ...kept } = message;
    return this.#run(key).queue.insert(workflowId, { ...kept, body: message.body.slice() }, position);
  }

  removeMessage({ key, workflowId }: RowOwner, messageId: string): Removal {
    const run = this.#run(key);
    const removed = run.queue.remove(messageId);
    this.writes++;
    const place = removed?.seal ?? 0;
    if (!removed?.message.remember || run.consumed.has(messageId)) return { place, remembered: 0 };
    const remembered = sealOfRemembered(workflowId, messageId);
    run.consumed.set(messageId, remembered);
    return { place, remembered };
  }

  messages(key: number, names: readonly string[] | null, count: number): QueuedMessage[] {
    const found = this.#run(key).queue.oldest(names, count);
    return found.map((queued) => ({ place: placeOf(queued), body: queued.message.body.slice() }));
  }

  places(key: number): SealedPlace[] {
    return this.#run(key).queue.oldest(null, Number.POSITIVE_INFINITY).map(placeOf);
  }

  remembered(key: number): RememberedId[] {
    return Array.from(this.#run(key).consumed, ([id, seal]) => ({ id, seal }));
  }

  hasMessage(key: number, names: readonly string[]): boolean {
    const { queue } = this.#run(key);
    return names.some((name) => queue.hasName(name));
  }

  countMessages(key: number, most: number): number {
    return Math.min(this.#run(key).queue.size, most);
  }

  response(key: number, messageId: string): Uint8Array | null {
    return this.#run(key).responses.get(messageId)?.slice() ?? null;
  }

  removeResponse(key: number, messageId: string): void {
    this.#run(key).responses.delete(messageId);
    this.writes++;
  }

  insertResponse(key: number, messageId: string, response: Uint8Array): void {
    const { responses } = this.#run(key);
    if (!responses.has(messageId)) responses.set(messageId, response.slice());
    this.writes++;
  }

  dueRuns(workflowNames: readonly string[] | null, now: number, limit: number): RunRow[] {
    const found: Due[] = [];
    for (const runs of this.#due.byWorkflow(workflowNames)) {
      let left = limit;
      for (const due of runs) {
        if (left-- <= 0 || due.dueAt > now) break;
        found.push(due);
      }
    }
    found.sort((a, b) => a.dueAt - b.dueAt || a.run - b.run);
    return found.slice(0, limit).map(({ run }) => this.#run(run).row);
  }

  earliestDue(workflowNames: readonly string[] | null, except: ReadonlySet<number>): number | null {
    let earliest = Number.POSITIVE_INFINITY;
    for (const runs of this.#due.byWorkflow(workflowNames)) {
      for (const { dueAt, run } of runs) {
        if (except.has(run)) continue;
        earliest = Math.min(earliest, dueAt);
        break;
      }
    }
    return earliest === Number.POSITIVE_INFINITY ? null : earliest;
  }

  listRuns(query: Pick<RunQuery, "status" | "workflowName" | "limit">, before: number | null): RunRow[] {
    const found: RunRow[] = [];
    for (const { row } of [...this.runs.values()].reverse()) {
      if (found.length >= query.limit) break;
      if (before !== null && row.key >= before) continue;
      if (row.revision > 0 && matches(row, query)) found.push(row);
    }
    return found;
  }

  statistics(): { runs: Partial<Record<RunState, number>>; queuedMessages: number } {
    const runs: Partial<Record<RunState, number>> = {};
    let queuedMessages = 0;
    for (const { row, queue } of this.runs.values()) {
      queuedMessages += queue.size;
      if (row.revision > 0) runs[row.status] = (runs[row.status] ?? 0) + 1;
    }
    return { runs, queuedMessages };
  }

  #run(key: number): MemoryRun {
    const run = this.runs.get(key);
    if (run === undefined) throw new TypeError(`No run has the key ${key}.`);
    return run;
  }
}

function matches(row: RunRow, query: Pick<RunQuery, "status" | "workflowName">): boolean {
  if (query.status !== undefined && !query.status.includes(row.status)) return false;
  return query.workflowName === undefined || query.workflowName === row.workflowName;
}
