import { HoldfastError } from "#holdfast/model/errors/holdfast-error.ts";
import type { EngineDriver, ListPage } from "#holdfast/storage/driver.ts";
import type {
  CommitBatch,
  DriverLimits,
  KVEntry,
  NewMessage,
  NewRun,
  RunImage,
  StoredMessage,
} from "#holdfast/storage/records.ts";
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
} from "#holdfast/storage/store.ts";
import type { StorageFact } from "../evidence/fact.ts";
import type { CallName } from "./call-name.ts";
import type { Hints } from "./hints.ts";
import type { SimProcess } from "./sim-process.ts";
import type { Wire } from "./wire.ts";

/** What the stores and drivers of one process share. */
export interface StoreAccess {
  readonly process: SimProcess;
  readonly wire: Wire;
  readonly hints: Hints;
  /** The one real storage of the world. */
  readonly storage: WorkflowStore;
  /** Of what it takes at once, as far as it says less than is true. */
  readonly limits?: Partial<DriverLimits> | undefined;
  /** Tells what the storage applied, at the moment at which it did. */
  readonly record: (fact: StorageFact) => void;
}

/** The store as one process sees it: every call goes over the wire. */
export class SimStore implements WorkflowStore {
  readonly #access: StoreAccess;

  constructor(access: StoreAccess) {
    this.#access = access;
  }

  create(run: NewRun, claim?: { readonly owner: string; readonly leaseMs: number }): Promise<CreateOutcome> {
    return this.#call("create", run.workflowId, async ({ storage, record }) => {
      const outcome = await storage.create(run, claim);
      if (outcome.created) record({ type: "created", run: run.workflowId, newRun: run, record: outcome.run });
      if (outcome.claim !== null && claim !== undefined) {
        const { owner } = claim;
        record({ type: "claimed", run: run.workflowId, owner, claim: outcome.claim, record: outcome.run });
      }
      return outcome;
    });
  }

  get(workflowId: string): Promise<RunRecord | null> {
    return this.#call("get", workflowId, ({ storage }) => storage.get(workflowId));
  }

  list(query: RunQuery): Promise<RunPage> {
    return this.#call("list", null, ({ storage }) => storage.list(query));
  }

  claim(request: ClaimRequest): Promise<ClaimOutcome> {
    return this.#call("claim", request.run?.workflowId ?? null, async ({ storage, record }) => {
      const outcome = await storage.claim(request);
      for (const claim of outcome.claims) {
        const { workflowId } = claim;
        const stored = await storage.get(workflowId);
        if (stored !== null)
          record({ type: "claimed", run: workflowId, owner: request.owner, claim, record: stored });
      }
      return outcome;
    });
  }

  renew(
    owner: string,
    claims: readonly Pick<Claim, "workflowId" | "epoch" | "leaseMs">[],
  ): Promise<readonly RenewOutcome[]> {
    return this.#call("renew", claims[0]?.workflowId ?? null, async ({ storage, record }) => {
      const outcomes = await storage.renew(owner, claims);
      for (const { workflowId, epoch, held } of outcomes) {
        const lease = (await storage.get(workflowId))?.lease;
        record({ type: "renewed", run: workflowId, owner, epoch, held, until: lease?.until ?? 0 });
      }
      return outcomes;
    });
  }

  release(claim: Pick<Claim, "workflowId" | "epoch">): Promise<void> {
    return this.#call("release", claim.workflowId, async ({ storage, record }) => {
      await storage.release(claim);
      record({ type: "released", run: claim.workflowId, epoch: claim.epoch });
    });
  }

  driver(claim: Pick<Claim, "workflowId" | "epoch">): EngineDriver {
    return new SimDriver(this.#access, claim);
  }

  enqueue(workflowId: string, message: NewMessage, claimant?: Claimant): Promise<Claim | null> {
    return this.#call("enqueue", workflowId, async ({ storage, record }) => {
      const claim = await storage.enqueue(workflowId, message, claimant);
      record({ type: "enqueued", run: workflowId, message });
      const stored = claim === null ? null : await storage.get(workflowId);
      if (claim !== null && claimant !== undefined && stored !== null)
        record({ type: "claimed", run: workflowId, owner: claimant.owner, claim, record: stored });
      return claim;
    });
  }

  response(workflowId: string, messageId: string): Promise<Uint8Array | null> {
    return this.#call("response", workflowId, ({ storage }) => storage.response(workflowId, messageId));
  }

  request(workflowId: string, what: "wake" | HolderRequest): Promise<void> {
    return this.#call("request", workflowId, async ({ storage, record }) => {
      await storage.request(workflowId, what);
      record({ type: "requested", run: workflowId, what });
    });
  }

  delete(workflowId: string, epoch?: number): Promise<boolean> {
    return this.#call("delete", workflowId, async ({ storage, record }) => {
      const existed = await storage.delete(workflowId, epoch);
      record({ type: "deleted", run: workflowId, existed });
      return existed;
    });
  }

  wait(topic: WaitTopic, signal: AbortSignal): Promise<void> {
    const { hints, process, storage } = this.#access;
    return hints.wait(process, signal, (until) => storage.wait(topic, until));
  }

  statistics(): Promise<StoreStatistics> {
    return this.#call("statistics", null, ({ storage }) => storage.statistics());
  }

  /** The storage is the world's; nobody in it closes it. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #call<T>(name: CallName, run: string | null, act: (access: StoreAccess) => Promise<T>): Promise<T> {
    const { wire, process } = this.#access;
    return wire.call(process, { name, run, act: () => act(this.#access) });
  }
}

/** The driver of a claim as one process sees it. */
class SimDriver implements EngineDriver {
  readonly limits: DriverLimits;
  readonly #access: StoreAccess;
  readonly #claim: Pick<Claim, "workflowId" | "epoch">;
  readonly #inner: EngineDriver;

  constructor(access: StoreAccess, claim: Pick<Claim, "workflowId" | "epoch">) {
    this.#access = access;
    this.#claim = claim;
    this.#inner = access.storage.driver(claim);
    this.limits = { ...this.#inner.limits, ...access.limits };
  }

  load(): Promise<RunImage | null> {
    return this.#call("load", () => this.#inner.load());
  }

  list(prefix: Uint8Array, page?: ListPage): Promise<readonly KVEntry[]> {
    return this.#call("rows", () => this.#inner.list(prefix, page));
  }

  commit(batch: CommitBatch): Promise<void> {
    const { storage, record } = this.#access;
    const { workflowId: run } = this.#claim;
    return this.#call("commit", async () => {
      try {
        await this.#inner.commit(batch);
      } catch (error) {
        const code = HoldfastError.is(error) ? error.code : "untyped";
        record({ type: "refused", run, batchId: batch.batchId, epoch: batch.epoch, code });
        throw error;
      }
      const stored = await storage.get(run);
      if (stored === null) return;
      const looking = { owner: "", leaseMs: 0, limit: 0, workflowNames: [stored.workflowName] };
      const { nextDueAt } = await storage.claim(looking);
      record({ type: "committed", run, batch, record: stored, nextDueAt });
    });
  }

  applied(batchId: string): Promise<boolean> {
    return this.#call("applied", () => this.#inner.applied(batchId));
  }

  peekMessages(names: readonly string[] | null, count: number): Promise<readonly StoredMessage[]> {
    return this.#call("peek", () => this.#inner.peekMessages(names, count));
  }

  enqueueMessage(message: NewMessage): Promise<void> {
    const { record } = this.#access;
    return this.#call("enqueue", async () => {
      await this.#inner.enqueueMessage(message);
      record({ type: "enqueued", run: this.#claim.workflowId, message });
    });
  }

  waitForMessages(names: readonly string[] | null, signal: AbortSignal): Promise<void> {
    const { hints, process } = this.#access;
    return hints.wait(process, signal, (until) => this.#inner.waitForMessages(names, until));
  }

  #call<T>(name: CallName, act: () => Promise<T>): Promise<T> {
    const { wire, process } = this.#access;
    return wire.call(process, { name, run: this.#claim.workflowId, act });
  }
}
