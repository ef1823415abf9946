import type { EncodedHeader, KVEntry, NewMessage } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { MessageQueue } from "./message-queue.ts";
import { SortedRows } from "./sorted-rows.ts";

/** One run in a dump: plain data, with copies of all bytes. */
export interface MemoryRunDump {
  readonly row: RunRow;
  readonly header: Uint8Array;
  readonly entries: readonly KVEntry[];
  /** In the order of the queue. */
  readonly messages: readonly NewMessage[];
  /** Ids of consumed messages that are remembered. */
  readonly consumed: readonly string[];
  readonly responses: readonly (readonly [id: string, response: Uint8Array])[];
}

const START = new Uint8Array(0);

/** Everything of one run. */
export class MemoryRun {
  row: RunRow;
  header: EncodedHeader;
  readonly rows = new SortedRows();
  readonly queue = new MessageQueue();
  readonly consumed = new Set<string>();
  readonly responses = new Map<string, Uint8Array>();

  constructor(row: RunRow, header: EncodedHeader) {
    this.row = row;
    this.header = header;
  }

  /** Bytes of keys, values, header, message bodies and responses. */
  get bytes(): number {
    let bytes = this.header.length + this.rows.bytes + this.queue.bytes;
    for (const response of this.responses.values()) bytes += response.length;
    return bytes;
  }

  dump(): MemoryRunDump {
    return structuredClone({
      row: this.row,
      header: this.header,
      entries: [...this.rows.range(START, null)],
      messages: this.queue.oldest(null, Number.POSITIVE_INFINITY),
      consumed: [...this.consumed],
      responses: [...this.responses],
    });
  }

  static restore(dump: MemoryRunDump): MemoryRun {
    const { row, header, entries, messages, consumed, responses } = structuredClone(dump);
    const run = new MemoryRun(row, header);
    for (const entry of entries) run.rows.put(entry);
    for (const message of messages) run.queue.insert(message, false);
    for (const id of consumed) run.consumed.add(id);
    for (const [id, response] of responses) run.responses.set(id, response);
    return run;
  }
}
