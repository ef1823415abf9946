import type { World } from "../model/clock.ts";
import { RunEvictedError } from "../model/errors/run-errors.ts";
import type { EngineDriver } from "../storage/driver.ts";
import { keepsClaim } from "../storage/due.ts";
import type { CommitBatch } from "../storage/records.ts";
import type { Lease } from "./lease.ts";

/**
 * Owns: what a pass sees of the world and of its storage while it runs under a lease.
 * Does not own: the lease (lease.ts); what the pass does when it is over (engine/run-pass.ts).
 * Invariants: before anything goes on after a wait, before each body and handler, and before and after each commit, the
 * clock is asked whether the lease is over; after that nothing is started or written (P4, I12). A blocked event loop cannot
 * slip in between, whoever blocked it.
 */
export class LeaseGuard {
  /** Null while the pass is parked: it holds no claim then. */
  lease: Lease | null = null;

  check(): void {
    this.lease?.check();
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

  /** The driver, which commits under the lease only; `committed` is called after each commit. */
  driver(driver: EngineDriver, workflowId: string, committed: () => void = () => {}): EngineDriver {
    return {
      limits: driver.limits,
      load: () => driver.load(),
      list: (prefix, page) => driver.list(prefix, page),
      commit: async (batch: CommitBatch) => {
        this.check();
        // The pass was told why when the lease was lost.
        if (this.lease?.held !== true) throw new RunEvictedError(workflowId);
        await driver.commit(batch);
        committed();
        if (keepsClaim(batch.status, batch.wakeAt)) this.check();
      },
      applied: (batchId) => driver.applied(batchId),
      peekMessages: (names, count) => driver.peekMessages(names, count),
      enqueueMessage: (message) => driver.enqueueMessage(message),
      waitForMessages: (names, signal) => driver.waitForMessages(names, signal),
    };
  }
}
