import { assertFound, openMessage } from "../damage.ts";
import type { EngineDriver, ListPage } from "../driver.ts";
import type { Holder } from "../fence.ts";
import type { CommitBatch, DriverLimits, KVEntry, NewMessage, RunImage, StoredMessage } from "../records.ts";
import type { RunRow } from "../run-row.ts";
import { commitBatch } from "./commit-batch.ts";
import { enqueueMessage } from "./deliveries.ts";
import { readImage, readRows } from "./read-runs.ts";
import type { Ledger } from "./tables.ts";
import type { Transactor } from "./transactor.ts";

interface FoundMessages {
  readonly run: RunRow | null;
  readonly found: readonly StoredMessage[];
}

/** The driver of one run in tables: bound to a claim, or bare. */
export class TablesDriver implements EngineDriver {
  readonly limits: DriverLimits;
  readonly #transactor: Transactor;
  readonly #holder: Holder;

  constructor(transactor: Transactor, holder: Holder, limits: DriverLimits) {
    this.#transactor = transactor;
    this.#holder = holder;
    this.limits = limits;
  }

  load(): Promise<RunImage | null> {
    return this.#transactor.read((ledger) => readImage(ledger, this.#holder.workflowId));
  }

  list(prefix: Uint8Array, page: ListPage = {}): Promise<readonly KVEntry[]> {
    return this.#transactor.read((ledger) => readRows(ledger, this.#holder.workflowId, prefix, page));
  }

  commit(batch: CommitBatch): Promise<void> {
    return this.#transactor.write((ledger) => commitBatch(ledger, this.#holder, batch));
  }

  applied(batchId: string): Promise<boolean> {
    return this.#transactor.read(
      ({ tables }) => tables.findRun(this.#holder.workflowId)?.batchId === batchId,
    );
  }

  peekMessages(names: readonly string[] | null, count: number): Promise<readonly StoredMessage[]> {
    return this.#transactor.read((ledger) => {
      const { run, found } = this.#find(ledger, names, count);
      if (run?.damaged === false) assertFound(run, found.length, () => ledger.tables.places(run.key));
      return found;
    });
  }

  async enqueueMessage(message: NewMessage): Promise<void> {
    await this.#transactor.write((ledger) => enqueueMessage(ledger, this.#holder, message));
  }

  waitForMessages(names: readonly string[] | null, signal: AbortSignal): Promise<void> {
    const interest = { workflowId: this.#holder.workflowId, messagesOnly: true };
    return this.#transactor.wait(interest, signal, (ledger) => this.#find(ledger, names, 1).found.length > 0);
  }

  #find({ tables }: Ledger, names: readonly string[] | null, count: number): FoundMessages {
    const run = tables.findRun(this.#holder.workflowId);
    if (run === null) return { run, found: [] };
    return { run, found: tables.messages(run.key, names, count).map((one) => openMessage(run, one)) };
  }
}
