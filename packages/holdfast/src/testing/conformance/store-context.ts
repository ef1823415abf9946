import type { WorkflowStore } from "../../storage/store.ts";
import type { DriverSettings } from "./driver-settings.ts";
import { ManualClock } from "./manual-clock.ts";

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
  /** A second store on the same storage beside the first, as another process has it; null where that cannot be. */
  second(): Promise<WorkflowStore> | null;
  /** Write transactions so far; null when the storage does not count them. */
  transactions(): number | null;
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
