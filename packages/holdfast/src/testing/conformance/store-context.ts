import type { WorkflowStore } from "../../storage/store.ts";
import type { DriverSettings } from "./driver-settings.ts";
import { ManualClock } from "./manual-clock.ts";
import type { StorageDamage } from "./storage-damage.ts";
import type { StorageFaults } from "./storage-faults.ts";

/** What a case asks of the storage that it is given. */
export interface StoreSettings extends DriverSettings {
  /** The store's clock. A store whose clock is not to be set ignores it, and names the cases that need it as deviations. */
  readonly clock?: { now(): number };
}

/** A store under test, with what the port itself does not offer. */
export interface StoreSubject {
  readonly store: WorkflowStore;
  /** Closes the store and opens another one on the same storage, after everything in memory is gone. */
  reopen(): Promise<WorkflowStore>;
  /** A second store on the same storage beside the first, as another process has it. */
  readonly second?: () => Promise<WorkflowStore>;
  /**
   * A store over what a new process finds when this one is killed at this instant: calls in flight never end, nothing
   * is flushed. It may work on a copy of the storage that is taken at the call.
   */
  readonly crash?: () => Promise<WorkflowStore>;
  readonly faults?: StorageFaults;
  readonly damage?: StorageDamage;
  /** Write transactions so far. */
  readonly transactions?: () => number;
}

/** What the conformance suite of stores is run with. */
export interface StoreContext {
  /** A fresh storage and a store on it. */
  open(settings?: StoreSettings): Promise<StoreSubject>;
}

/** A store under test whose clock the case moves. */
export interface ClockedStore extends StoreSubject {
  readonly clock: ManualClock;
}

/** Runs `body` with a store on a clock of its own and closes it. */
export async function withStore(
  context: StoreContext,
  body: (subject: ClockedStore) => Promise<void>,
  settings?: DriverSettings,
): Promise<void> {
  const clock = new ManualClock();
  const subject = await context.open({ ...settings, clock });
  await body({ ...subject, clock });
  await subject.store.close();
}
