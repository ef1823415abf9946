import { kvDriver } from "../../src/drivers/kv/kv-driver.ts";
import type { KVChange } from "../../src/drivers/kv/ordered-kv.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import { kvDamage } from "../../src/testing/conformance/storage-damage.ts";
import type { StorageFaults } from "../../src/testing/conformance/storage-faults.ts";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";

/** A namespace whose batches fail where a case wants them to: a batch is one write. */
class FaultyKV extends MemoryOrderedKV implements StorageFaults {
  happened = false;
  #failing = 0;
  #losing = false;

  failWrite(number: number): void {
    this.#failing = number;
    this.happened = false;
  }

  loseAnswer(): void {
    this.#losing = true;
    this.happened = false;
  }

  heal(): void {
    this.#failing = 0;
    this.#losing = false;
  }

  override async batch(change: KVChange): Promise<void> {
    if (this.#failing > 0 && --this.#failing === 0) this.#fail();
    await super.batch(change);
    if (this.#losing) this.#fail();
  }

  #fail(): never {
    this.#losing = false;
    this.happened = true;
    throw new Error("made to fail");
  }
}

/** Drivers over namespaces in memory. */
export const kvDrivers: DriverContext = {
  async open({ queuedMessages, driverLimits = {} } = {}) {
    const kv = new FaultyKV();
    const limits = queuedMessages === undefined ? {} : { queuedMessages };
    const options = { workflowId: "run under test", limits, driverLimits };
    const driver = kvDriver(kv, options);
    return {
      driver,
      workflowId: options.workflowId,
      epoch: 0,
      reopen: async () => kvDriver(kv, options),
      second: async () => kvDriver(kv, options),
      response: (messageId) => driver.readResponse(messageId),
      close: async () => {},
      crash: async () => kvDriver(kv.copy(), options),
      faults: kv,
      damage: kvDamage(() => kv),
      transactions: () => kv.batches,
      alarm: () => kv.alarm,
    };
  },
};
