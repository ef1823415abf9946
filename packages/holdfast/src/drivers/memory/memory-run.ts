import { seenRow } from "../../storage/damage.ts";
import type { EncodedHeader, KVEntry, NewMessage } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { sealOfRun } from "../../storage/seals.ts";
import { MessageQueue } from "./message-queue.ts";
import { SortedRows } from "./sorted-rows.ts";

/** One run in a dump: plain data, with copies of all bytes. */
export interface MemoryRunDump {
  readonly row: RunRow;
  /** The checksum of the row; absent in dumps of old. */
  readonly seal?: number;
  readonly header: Uint8Array;
  readonly entries: readonly KVEntry[];
  /** In the order of the queue. */
  readonly messages: readonly NewMessage[];
  /** Their positions and the checksums of their places; absent in dumps of old. */
  readonly places?: readonly MemoryPlace[];
  /** Ids of consumed messages that are remembered. */
  readonly consumed: readonly string[];
  /** Their checksums; absent in dumps of old. */
  readonly consumedSeals?: readonly (number | null)[];
  readonly responses: readonly (readonly [id: string, response: Uint8Array])[];
}

/** Where a message of a dump stands in its queue. */
export interface MemoryPlace {
  readonly position: number;
  readonly seal: number | null;
}

/** A row as a dump has it, with its checksum. */
type RestoredRow = Pick<MemoryRunDump, "row" | "seal">;

const START = new Uint8Array(0);

/** Everything of one run. */
export class MemoryRun {
  row: RunRow;
  /** As it was restored, when that does not fit its checksum. */
  readonly #damaged: RestoredRow | null;
  header: EncodedHeader;
  readonly rows = new SortedRows();
  readonly queue = new MessageQueue();
  /** Ids of consumed messages that are remembered, with their checksums; those of old have none. */
  readonly consumed = new Map<string, number | null>();
  readonly responses = new Map<string, Uint8Array>();

  constructor(row: RunRow, header: EncodedHeader, damaged: RestoredRow | null = null) {
    this.#damaged = damaged;
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
    const queued = this.queue.oldest(null, Number.POSITIVE_INFINITY);
    const sealed = this.#damaged ?? { row: this.row, seal: sealOfRun(this.row) };
    return structuredClone({
      ...sealed,
      header: this.header,
      entries: [...this.rows.range(START, null)],
      messages: queued.map(({ message }) => message),
      places: queued.map(({ position, seal }) => ({ position, seal })),
      consumed: [...this.consumed.keys()],
      consumedSeals: [...this.consumed.values()],
      responses: [...this.responses],
    });
  }

  static restore(dump: MemoryRunDump): MemoryRun {
    const { row, seal, header, entries, messages, places, consumed, consumedSeals, responses } =
      structuredClone(dump);
    const read = { ...row, queueSeal: row.queueSeal ?? 0, damaged: false };
    const seen = seenRow(read, seal ?? null);
    const run = new MemoryRun(
      seen,
      header,
      seen.damaged ? { row, ...(seal === undefined ? {} : { seal }) } : null,
    );
    for (const entry of entries) run.rows.put(entry);
    for (const [index, message] of messages.entries()) {
      run.queue.adopt({ message, ...(places?.[index] ?? { position: index, seal: null }) });
    }
    for (const [index, id] of consumed.entries()) run.consumed.set(id, consumedSeals?.[index] ?? null);
    for (const [id, response] of responses) run.responses.set(id, response);
    return run;
  }
}
