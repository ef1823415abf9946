import type { LedgerEvent, LedgerRecord, RecordOf } from "../ledger/ledger-record.ts";
import { Evidence } from "../oracle/evidence.ts";
import type { StoredRun } from "../oracle/final-store.ts";

/** Anything in it may be changed. */
type Writable<T> = T extends (infer Item)[] | readonly (infer Item)[]
  ? Writable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;

/** A copy of sound evidence that somebody is about to spoil. */
export class Doctored {
  readonly records: Writable<LedgerRecord>[];
  readonly runs: Writable<StoredRun>[];
  readonly #sound: Evidence;

  constructor(sound: Evidence) {
    this.#sound = sound;
    this.records = structuredClone(sound.records) as Writable<LedgerRecord>[];
    this.runs = structuredClone(sound.runs) as Writable<StoredRun>[];
  }

  get evidence(): Evidence {
    const { records, runs } = this;
    return new Evidence({
      plan: this.#sound.plan,
      records: records as LedgerRecord[],
      runs: runs as StoredRun[],
    });
  }

  /** The first record of a type that fits. */
  first<Type extends LedgerEvent["type"]>(
    type: Type,
    fits: (record: RecordOf<Type>) => boolean = () => true,
  ): Writable<RecordOf<Type>> {
    const found = this.records.find((record) => record.type === type && fits(record as RecordOf<Type>));
    if (found === undefined) throw new Error(`There is no fitting ${type} in the evidence.`);
    return found as Writable<RecordOf<Type>>;
  }

  /** Adds a copy of a record, with changes; after everything else when it is not said when. */
  again<Record extends { at: number }>(record: Record, changes: Partial<Record> = {}): void {
    const latest = Math.max(...this.records.map(({ at }) => at));
    this.records.push({ ...record, at: latest + 1, ...changes } as unknown as Writable<LedgerRecord>);
  }

  remove(unwanted: (record: LedgerRecord) => boolean): void {
    const kept = this.records.filter((record) => !unwanted(record as LedgerRecord));
    this.records.splice(0, this.records.length, ...kept);
  }

  run(workflowId: string): Writable<StoredRun> {
    const found = this.runs.find((run) => run.workflowId === workflowId);
    if (found === undefined) throw new Error(`There is no run ${workflowId} in the evidence.`);
    return found;
  }

  /** What a run has seen. */
  seen(workflowId: string): [path: string, token: string][] {
    return this.run(workflowId).seen as [string, string][];
  }
}
