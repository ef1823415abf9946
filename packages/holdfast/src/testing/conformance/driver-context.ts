import type { EngineDriver } from "../../storage/driver.ts";
import type { DriverSettings } from "./driver-settings.ts";
import { batch, newRun } from "./samples.ts";
import type { StorageDamage } from "./storage-damage.ts";
import type { StorageFaults } from "./storage-faults.ts";
import type { StoreContext } from "./store-context.ts";

/** A driver under test, with what the port itself does not offer. */
export interface DriverSubject {
  readonly driver: EngineDriver;
  readonly workflowId: string;
  /** Of the batches that the driver takes. */
  readonly epoch: number;
  /** A driver of the same run over the same storage, after everything in memory is gone. */
  reopen(): Promise<EngineDriver>;
  response(messageId: string): Promise<Uint8Array | null>;
  close(): Promise<void>;
  /**
   * A driver over what a new process finds when this one is killed at this instant: calls in flight never end, nothing
   * is flushed. It may work on a copy of the storage that is taken at the call.
   */
  readonly crash?: () => Promise<EngineDriver>;
  /** A second driver of the run beside the first, on a connection of its own. */
  readonly second?: () => Promise<EngineDriver>;
  readonly faults?: StorageFaults;
  readonly damage?: StorageDamage;
  /** Write transactions so far. */
  readonly transactions?: () => number;
  /** When the platform is going to wake the run, in milliseconds since the epoch, also if this process is gone by then. */
  readonly alarm?: () => number | null;
}

/** What the conformance suite of bare drivers is run with. */
export interface DriverContext {
  /** A fresh storage and a bare driver (epoch 0) of a run that does not exist. */
  open(settings?: DriverSettings): Promise<DriverSubject>;
}

/** What the cases of all drivers are run with: a run at revision 1, claimed, without rows. */
export interface RunningContext {
  begin(settings?: DriverSettings): Promise<DriverSubject>;
}

/** A bare driver's run, created by its first commit. */
export function begunBare(context: DriverContext): RunningContext {
  return {
    async begin(settings) {
      const subject = await context.open(settings);
      await subject.driver.commit(batch({ expectedRevision: 0 }));
      return subject;
    },
  };
}

/** A store's run, created and claimed. */
export function begunByStore(context: StoreContext): RunningContext {
  return {
    async begin(settings) {
      const subject = await context.open(settings);
      const workflowId = "run under test";
      const { claim } = await subject.store.create(newRun(workflowId), {
        owner: "conformance",
        leaseMs: 3_600_000,
      });
      if (claim === null) throw new TypeError("A created run is claimed when that is asked for.");
      let { store } = subject;
      const { crash, second, faults, damage, transactions } = subject;
      return {
        ...(crash === undefined ? {} : { crash: async () => (await crash()).driver(claim) }),
        ...(second === undefined ? {} : { second: async () => (await second()).driver(claim) }),
        ...(faults === undefined ? {} : { faults }),
        ...(damage === undefined ? {} : { damage }),
        ...(transactions === undefined ? {} : { transactions }),
        driver: store.driver(claim),
        workflowId,
        epoch: claim.epoch,
        reopen: async () => {
          store = await subject.reopen();
          return store.driver(claim);
        },
        response: (messageId) => store.response(workflowId, messageId),
        close: () => store.close(),
      };
    },
  };
}

/** Runs `body` with a begun run and closes it. */
export async function withRun(
  context: RunningContext,
  body: (subject: DriverSubject) => Promise<void>,
  settings?: DriverSettings,
): Promise<void> {
  const subject = await context.begin(settings);
  await body(subject);
  await subject.close();
}
