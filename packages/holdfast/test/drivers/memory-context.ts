import { type MemoryDriver, memoryDriver } from "../../src/memory.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import { memoryDamage } from "./damages.ts";

/** Drivers in memory; `shown` makes of each what the suite is given. */
export function memoryContext(shown = (driver: MemoryDriver): MemoryDriver => driver): DriverContext {
  return {
    async open({ queuedMessages, driverLimits = {} } = {}) {
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const options = { workflowId: "run under test", limits, driverLimits };
      const driver = memoryDriver(options);
      const copy = async () => {
        const copied = memoryDriver(options);
        copied.restore(driver.dump());
        return shown(copied);
      };
      return {
        driver: shown(driver),
        workflowId: options.workflowId,
        epoch: 0,
        reopen: copy,
        crash: copy,
        damage: memoryDamage(driver),
        response: (messageId) => driver.readResponse(messageId),
        close: () => driver.close(),
        transactions: () => driver.stats.transactions,
      };
    },
  };
}
