import { memoryDriver } from "../../src/memory.ts";
import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { memoryDamage } from "./damages.ts";
import { ALONE_IN_MEMORY, NO_ALARM, runConformance } from "./run-conformance.ts";

runConformance("memory driver", {
  cases: driverConformance,
  context: {
    async open({ queuedMessages, driverLimits = {} } = {}) {
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const options = { workflowId: "run under test", limits, driverLimits };
      const driver = memoryDriver(options);
      const copy = async () => {
        const copied = memoryDriver(options);
        copied.restore(driver.dump());
        return copied;
      };
      return {
        driver,
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
  },
  deviations: { ...ALONE_IN_MEMORY, ...NO_ALARM },
});
