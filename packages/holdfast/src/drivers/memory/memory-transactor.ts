import { StoreClosedError } from "../../model/errors/storage-errors.ts";
import type { DriverLimits } from "../../storage/records.ts";
import type { Ledger } from "../../storage/tables/tables.ts";
import type { Transactor } from "../../storage/tables/transactor.ts";
import { type Change, type Interest, Waiters } from "../../storage/waiters.ts";
import { assertDump, type MemoryDump } from "./memory-dump.ts";
import { MemoryRun } from "./memory-run.ts";
import { MemoryTables } from "./memory-tables.ts";

/** What was written, and what is there. */
export interface MemoryStatistics {
  /** Batches that `commit` applied. */
  readonly commits: number;
  /** Operations that wrote something: commits, creations, claims, messages and the rest. */
  readonly transactions: number;
  /** History rows that are there. */
  readonly rows: number;
  /** Bytes of keys, values, headers, message bodies and responses that are there. */
  readonly bytes: number;
}

/** The key of the next run: greater than that of every run, whatever damage says. */
function keyAfter({ nextKey }: MemoryDump, runs: readonly MemoryRun[]): number {
  let next = Number.isSafeInteger(nextKey) ? nextKey : 1;
  for (const { row } of runs) if (row.key >= next) next = row.key + 1;
  return next;
}

/** Runs every operation at once, at the call. */
export class MemoryTransactor implements Transactor {
  readonly #tables = new MemoryTables();
  readonly #waiters = new Waiters();
  readonly #ledger: Ledger;
  #changes: Change[] = [];
  #transactions = 0;
  #commits = 0;
  #closed = false;

  constructor(options: { now: () => number; limits: DriverLimits; queuedMessages: number | null }) {
    this.#ledger = {
      tables: this.#tables,
      limits: options.limits,
      queuedMessages: options.queuedMessages,
      now: options.now,
      changed: (change) => {
        this.#changes.push(change);
        if (change.kind === "committed") this.#commits++;
      },
    };
  }

  async read<T>(work: (ledger: Ledger) => T): Promise<T> {
    if (this.#closed) throw new StoreClosedError();
    return work(this.#ledger);
  }

  async write<T>(work: (ledger: Ledger) => T): Promise<T> {
    if (this.#closed) throw new StoreClosedError();
    this.#changes = [];
    const writesBefore = this.#tables.writes;
    const result = work(this.#ledger);
    if (this.#tables.writes !== writesBefore) this.#transactions++;
    for (const change of this.#changes) this.#waiters.changed(change);
    return result;
  }

  async wait(interest: Interest, signal: AbortSignal, there?: (ledger: Ledger) => boolean): Promise<void> {
    if (this.#closed || there?.(this.#ledger)) return;
    await this.#waiters.wait(interest, signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiters.changedSomewhere();
  }

  dump(): MemoryDump {
    const { epoch, seal } = this.#tables.retired;
    return {
      nextKey: this.#tables.nextKey,
      retiredEpoch: epoch,
      ...(seal === null ? {} : { retiredSeal: seal }),
      runs: Array.from(this.#tables.runs.values(), (run) => run.dump()),
    };
  }

  restore(data: MemoryDump): void {
    assertDump(data);
    const runs = data.runs.map((run) => MemoryRun.restore(run));
    this.#tables.clear();
    this.#tables.nextKey = keyAfter(data, runs);
    const { retiredEpoch: epoch = 0, retiredSeal: seal = null } = data;
    this.#tables.retired = { epoch, seal };
    for (const run of runs) this.#tables.adopt(run);
    this.#waiters.changedSomewhere();
  }

  get stats(): MemoryStatistics {
    let rows = 0;
    let bytes = 0;
    for (const run of this.#tables.runs.values()) {
      rows += run.rows.size;
      bytes += run.bytes;
    }
    return { commits: this.#commits, transactions: this.#transactions, rows, bytes };
  }
}
