import type { RunRow } from "../../storage/run-row.ts";
import { SortedRows } from "./sorted-rows.ts";

/** When a run is due, and its key. */
export interface Due {
  readonly dueAt: number;
  readonly run: number;
}

type Indexed = Pick<RunRow, "key" | "workflowName" | "dueAt">;

const NUMBER_BYTES = 8;
const SIGN = 0x80;
const NOTHING = new Uint8Array(0);

/** Which runs have a due time, by workflow and in the order of these times: what is asked costs as much as what is looked at. */
export class DueIndex {
  /** The values of the rows are a time and a run, the keys put them in order. */
  readonly #byWorkflow = new Map<string, SortedRows>();

  add({ key, workflowName, dueAt }: Indexed): void {
    if (dueAt === null) return;
    const rows = this.#byWorkflow.get(workflowName) ?? new SortedRows();
    this.#byWorkflow.set(workflowName, rows);
    rows.put({ key: keyOf(dueAt, key), value: bytesOf(dueAt, key) });
  }

  remove({ key, workflowName, dueAt }: Indexed): void {
    const rows = this.#byWorkflow.get(workflowName);
    if (dueAt === null || rows === undefined) return;
    rows.deleteRange(keyOf(dueAt, key), keyOf(dueAt, key + 1));
    if (rows.size === 0) this.#byWorkflow.delete(workflowName);
  }

  clear(): void {
    this.#byWorkflow.clear();
  }

  /** The runs of each of these workflows (null: of all), earliest due first. */
  *byWorkflow(workflowNames: readonly string[] | null): Generator<Iterable<Due>> {
    for (const name of workflowNames === null ? this.#byWorkflow.keys() : new Set(workflowNames)) {
      const rows = this.#byWorkflow.get(name);
      if (rows !== undefined) yield inOrder(rows);
    }
  }
}

function* inOrder(rows: SortedRows): Generator<Due> {
  for (const { value } of rows.range(NOTHING, null)) {
    const due = new DataView(value.buffer);
    yield { dueAt: due.getFloat64(0), run: due.getFloat64(NUMBER_BYTES) };
  }
}

function bytesOf(dueAt: number, run: number): Uint8Array {
  const value = new DataView(new ArrayBuffer(2 * NUMBER_BYTES));
  value.setFloat64(0, dueAt);
  value.setFloat64(NUMBER_BYTES, run);
  return new Uint8Array(value.buffer);
}

/** Ordered by the time, then by the run: numbers are in the order of their bits but for the sign, and negative ones the other way round. */
function keyOf(dueAt: number, run: number): Uint8Array {
  const key = bytesOf(dueAt, run);
  const negative = (key[0] as number) >= SIGN;
  for (let i = 0; negative && i < NUMBER_BYTES; i++) key[i] = ~(key[i] as number);
  if (!negative) key[0] = (key[0] as number) | SIGN;
  return key;
}
