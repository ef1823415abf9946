import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { DEFAULT_DRIVER_LIMITS } from "./batch-limits.ts";
import type { EngineDriver, ListPage, LoadOptions } from "./driver.ts";
import type {
  CommitBatch,
  DriverLimits,
  KVEntry,
  NewMessage,
  NewRun,
  RunImage,
  StoredMessage,
} from "./records.ts";
import { orNull, readStorage, storageFailure, writeStorage } from "./storage-failure.ts";
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
} from "./store.ts";

const LIMIT_NAMES = Object.keys(DEFAULT_DRIVER_LIMITS) as (keyof DriverLimits)[];

/**
 * Owns: that a storage fails with types, whoever wrote it: whatever else it throws, at once or later, is the cause of a
 * `StorageError` (P11).
 */

/** @returns the driver, as the engine calls it @throws InvalidArgumentError when it does not say what it takes */
export function typedDriver(driver: EngineDriver): EngineDriver {
  checkLimits(driver);
  return new TypedDriver(driver);
}

function checkLimits({ limits }: EngineDriver): void {
  for (const name of LIMIT_NAMES) {
    const limit: unknown = (limits as DriverLimits | undefined | null)?.[name];
    if (typeof limit === "number" && limit >= 1) continue;
    throw new InvalidArgumentError(
      `A driver's limits must have ${LIMIT_NAMES.join(", ")}, numbers from 1 or Infinity; ${name} is ${describe(limit)}.`,
    );
  }
}

/** @returns the store, as hosts and clients call it */
export function typedStore(store: WorkflowStore): WorkflowStore {
  return new TypedStore(store);
}

class TypedDriver implements EngineDriver {
  readonly #driver: EngineDriver;

  constructor(driver: EngineDriver) {
    this.#driver = driver;
  }

  get limits(): DriverLimits {
    return this.#driver.limits;
  }

  load(options?: LoadOptions): Promise<RunImage | null> {
    return readStorage(() => orNull(this.#driver.load(options)));
  }

  list(prefix: Uint8Array, page?: ListPage): Promise<readonly KVEntry[]> {
    return readStorage(() => this.#driver.list(prefix, page));
  }

  commit(batch: CommitBatch): Promise<void> {
    return writeStorage(() => this.#driver.commit(batch));
  }

  applied(batchId: string): Promise<boolean> {
    return readStorage(() => this.#driver.applied(batchId));
  }

  peekMessages(names: readonly string[] | null, count: number): Promise<readonly StoredMessage[]> {
    return readStorage(() => this.#driver.peekMessages(names, count));
  }

  enqueueMessage(message: NewMessage): Promise<void> {
    return writeStorage(() => this.#driver.enqueueMessage(message));
  }

  waitForMessages(names: readonly string[] | null, signal: AbortSignal): Promise<void> {
    return this.#driver.waitForMessages(names, signal);
  }
}

class TypedStore implements WorkflowStore {
  readonly #store: WorkflowStore;

  constructor(store: WorkflowStore) {
    this.#store = store;
  }

  create(run: NewRun, claim?: { readonly owner: string; readonly leaseMs: number }): Promise<CreateOutcome> {
    return writeStorage(() => this.#store.create(run, claim));
  }

  get(workflowId: string): Promise<RunRecord | null> {
    return readStorage(() => orNull(this.#store.get(workflowId)));
  }

  list(query: RunQuery): Promise<RunPage> {
    return readStorage(() => this.#store.list(query));
  }

  claim(request: ClaimRequest): Promise<ClaimOutcome> {
    return writeStorage(() => this.#store.claim(request));
  }

  renew(
    owner: string,
    claims: readonly Pick<Claim, "workflowId" | "epoch" | "leaseMs">[],
  ): Promise<readonly RenewOutcome[]> {
    return writeStorage(() => this.#store.renew(owner, claims));
  }

  release(claim: Pick<Claim, "workflowId" | "epoch">): Promise<void> {
    return writeStorage(() => this.#store.release(claim));
  }

  driver(claim: Pick<Claim, "workflowId" | "epoch">): EngineDriver {
    try {
      return typedDriver(this.#store.driver(claim));
    } catch (thrown) {
      throw storageFailure(thrown, "not-applied");
    }
  }

  enqueue(workflowId: string, message: NewMessage, claimant?: Claimant): Promise<Claim | null> {
    return writeStorage(() => orNull(this.#store.enqueue(workflowId, message, claimant)));
  }

  response(workflowId: string, messageId: string): Promise<Uint8Array | null> {
    return readStorage(() => orNull(this.#store.response(workflowId, messageId)));
  }

  request(workflowId: string, what: "wake" | HolderRequest): Promise<void> {
    return writeStorage(() => this.#store.request(workflowId, what));
  }

  delete(workflowId: string, epoch?: number): Promise<boolean> {
    return writeStorage(() => this.#store.delete(workflowId, epoch));
  }

  wait(topic: WaitTopic, signal: AbortSignal): Promise<void> {
    return this.#store.wait(topic, signal);
  }

  statistics(): Promise<StoreStatistics> {
    return readStorage(() => this.#store.statistics());
  }

  close(): Promise<void> {
    return writeStorage(() => this.#store.close());
  }
}
