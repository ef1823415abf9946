import type { EngineDriver } from "../driver.ts";
import type { DriverLimits, NewMessage, NewRun } from "../records.ts";
import type {
  Claim,
  Claimant,
  ClaimOutcome,
  ClaimRequest,
  CreateOutcome,
  HolderRequest,
  RenewOutcome,
  RunPage,
  RunQuery,
  RunRecord,
  StoreStatistics,
  WaitTopic,
  WorkflowStore,
} from "../store.ts";
import { claimRuns, nothingToClaim, releaseClaim, renewClaims } from "./claim-runs.ts";
import { deleteRun, requestOf } from "./control.ts";
import { createRun } from "./create-run.ts";
import { enqueueMessage } from "./deliveries.ts";
import { readRecord, readRuns, readStatistics } from "./read-runs.ts";
import { TablesDriver } from "./tables-driver.ts";
import type { Transactor } from "./transactor.ts";

/** A store over tables: every method is one operation of this folder in one transaction. */
export class TablesStore implements WorkflowStore {
  readonly #transactor: Transactor;
  readonly #limits: DriverLimits;

  constructor(transactor: Transactor, limits: DriverLimits) {
    this.#transactor = transactor;
    this.#limits = limits;
  }

  create(run: NewRun, claim?: { readonly owner: string; readonly leaseMs: number }): Promise<CreateOutcome> {
    return this.#transactor.write((ledger) => createRun(ledger, run, claim));
  }

  get(workflowId: string): Promise<RunRecord | null> {
    return this.#transactor.read((ledger) => readRecord(ledger, workflowId));
  }

  list(query: RunQuery): Promise<RunPage> {
    return this.#transactor.read((ledger) => readRuns(ledger, query));
  }

  /** Looks without a transaction first: idle hosts that poll do not keep writers waiting. */
  async claim(request: ClaimRequest): Promise<ClaimOutcome> {
    const nothing = await this.#transactor.read((ledger) => nothingToClaim(ledger, request));
    return nothing ?? this.#transactor.write((ledger) => claimRuns(ledger, request));
  }

  renew(
    owner: string,
    claims: readonly Pick<Claim, "workflowId" | "epoch" | "leaseMs">[],
  ): Promise<readonly RenewOutcome[]> {
    return this.#transactor.write((ledger) => renewClaims(ledger, owner, claims));
  }

  release(claim: Pick<Claim, "workflowId" | "epoch">): Promise<void> {
    return this.#transactor.write((ledger) => releaseClaim(ledger, claim));
  }

  driver({ workflowId, epoch }: Pick<Claim, "workflowId" | "epoch">): EngineDriver {
    return new TablesDriver(this.#transactor, { workflowId, epoch, bare: false }, this.#limits);
  }

  enqueue(workflowId: string, message: NewMessage, claimant?: Claimant): Promise<Claim | null> {
    const receiver = { workflowId, bare: false };
    return this.#transactor.write((ledger) => enqueueMessage(ledger, receiver, message, claimant));
  }

  response(workflowId: string, messageId: string): Promise<Uint8Array | null> {
    return this.#transactor.read(({ tables }) => {
      const run = tables.findRun(workflowId);
      return run === null ? null : tables.response(run.key, messageId);
    });
  }

  request(workflowId: string, what: "wake" | HolderRequest): Promise<void> {
    return this.#transactor.write((ledger) => requestOf(ledger, workflowId, what));
  }

  delete(workflowId: string, epoch?: number): Promise<boolean> {
    return this.#transactor.write((ledger) => deleteRun(ledger, workflowId, epoch));
  }

  wait(topic: WaitTopic, signal: AbortSignal): Promise<void> {
    return this.#transactor.wait(topic, signal);
  }

  statistics(): Promise<StoreStatistics> {
    return this.#transactor.read(readStatistics);
  }

  close(): Promise<void> {
    return this.#transactor.close();
  }
}
