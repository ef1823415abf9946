import type { LedgerEvent, LedgerRecord, RecordOf } from "../ledger/ledger-record.ts";
import type { Plan } from "../members/member-config.ts";
import type { StoredRun } from "./final-store.ts";

/** A time during which nothing of a process ran, by the machine's monotonic clock. */
export interface Standstill {
  readonly process: string;
  readonly from: number;
  readonly to: number;
}

/** What the oracle judges by: what was planned, what the ledger says, and what is stored in the end. */
export class Evidence {
  readonly plan: Plan;
  /** In the order in which things happened. */
  readonly records: readonly LedgerRecord[];
  readonly runs: readonly StoredRun[];
  readonly standstills: readonly Standstill[];

  constructor(given: {
    readonly plan: Plan;
    readonly records: readonly LedgerRecord[];
    readonly runs: readonly StoredRun[];
    readonly standstills?: readonly Standstill[];
  }) {
    this.standstills = given.standstills ?? [];
    this.plan = given.plan;
    this.runs = given.runs;
    this.records = [...given.records].sort((a, b) => a.at - b.at);
  }

  /** Records of these types, in the order in which they happened. */
  of<Type extends LedgerEvent["type"]>(...types: readonly Type[]): RecordOf<Type>[] {
    return this.records.filter((record): record is RecordOf<Type> =>
      (types as readonly string[]).includes(record.type),
    );
  }

  stored(run: string): StoredRun | undefined {
    return this.runs.find(({ workflowId }) => workflowId === run);
  }
}

/** Things under a key that is made of several parts. */
export function groupBy<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => readonly unknown[],
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
