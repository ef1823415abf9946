import type { World } from "../model/clock.ts";
import { RunEvictedError } from "../model/errors/run-errors.ts";
import { StorageError } from "../model/errors/storage-errors.ts";
import type { EngineDriver, ListPage } from "../storage/driver.ts";
import { keepsClaim } from "../storage/due.ts";
import type {
  CommitBatch,
  DriverLimits,
  KVEntry,
  NewMessage,
  RunImage,
  StoredMessage,
} from "../storage/records.ts";
import type { LateCommits } from "./late-commits.ts";
import type { Lease } from "./lease.ts";

/**
 * Owns: what a pass sees of the world and of its storage while it runs under a lease.
 * Does not own: the lease (lease.ts); what the pass does when it is over (engine/run-pass.ts).
 * Invariants: before anything goes on after a wait, before each body and handler, and before and after each commit, the
 * clock is asked whether the lease is over; after that nothing is started (P4, I12), and nothing is written but what had come by then, if
 * nobody has taken the claim. A blocked event loop cannot slip in between, whoever blocked it.
 */
export class LeaseGuard {
  /** Null while the pass is parked: it holds no claim then. */
  lease: Lease | null = null;

  check(): void {
    this.lease?.check();
  }

  /** Whether the lease's time is over, and the claim may still be nobody else's. */
  get ranOut(): boolean {
    return this.lease?.ranOut === true;
  }

  /** The world, in which time does not go on unchecked. */
  world(world: World): World {
    const { clock, scheduler } = world;
    const checked = (go: () => void) => (): void => {
      this.check();
      go();
    };
    return {
      ...world,
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        setTimer: (delayMs, fire) => clock.setTimer(delayMs, checked(fire)),
      },
      scheduler: { afterMicrotasks: (resume) => scheduler.afterMicrotasks(checked(resume)) },
      beforeEffect: () => this.check(),
    };
  }

  /** The driver, which commits under the lease only. */
  driver(guarded: GuardedDriverSetup): EngineDriver {
    return new GuardedDriver(this, guarded);
  }
}

/** A driver, and who commits by it. */
export interface GuardedDriverSetup {
  readonly driver: EngineDriver;
  readonly workflowId: string;
  /** What is stored as of the claim, where that is known: the first load need not read it. */
  readonly image?: RunImage | null;
  /** Called after each commit. */
  readonly committed?: () => void;
  /** Where commits are tried on when the lease has run out. */
  readonly late: LateCommits;
}

class GuardedDriver implements EngineDriver {
  readonly #guard: LeaseGuard;
  readonly #driver: EngineDriver;
  readonly #setup: GuardedDriverSetup;
  #image: RunImage | null;

  constructor(guard: LeaseGuard, setup: GuardedDriverSetup) {
    this.#guard = guard;
    this.#driver = setup.driver;
    this.#setup = setup;
    this.#image = setup.image ?? null;
  }

  get limits(): DriverLimits {
    return this.#driver.limits;
  }

  async load(): Promise<RunImage | null> {
    const image = this.#image;
    this.#image = null;
    return image ?? this.#driver.load();
  }

  list(prefix: Uint8Array, page?: ListPage): Promise<readonly KVEntry[]> {
    return this.#driver.list(prefix, page);
  }

  async commit(batch: CommitBatch): Promise<void> {
    const guard = this.#guard;
    guard.check();
    // The pass was told why when the lease was lost.
    if (guard.lease?.held !== true && !guard.ranOut) throw new RunEvictedError(this.#setup.workflowId);
    await this.#insist(() => this.#driver.commit(batch));
    this.#setup.committed?.();
    if (keepsClaim(batch.status, batch.wakeAt)) guard.check();
  }

  applied(batchId: string): Promise<boolean> {
    return this.#insist(() => this.#driver.applied(batchId));
  }

  async #insist<Value>(go: () => Promise<Value>): Promise<Value> {
    const guard = this.#guard;
    try {
      return await go();
    } catch (error) {
      guard.check();
      if (!guard.ranOut || !StorageError.is(error) || !error.retryable) throw error;
      return this.#setup.late.insist(error, go, () => guard.ranOut);
    }
  }

  peekMessages(names: readonly string[] | null, count: number): Promise<readonly StoredMessage[]> {
    return this.#driver.peekMessages(names, count);
  }

  enqueueMessage(message: NewMessage): Promise<void> {
    return this.#driver.enqueueMessage(message);
  }

  waitForMessages(names: readonly string[] | null, signal: AbortSignal): Promise<void> {
    return this.#driver.waitForMessages(names, signal);
  }
}
