import { memoryDriver } from "../../src/memory.ts";
import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { runConformance } from "./run-conformance.ts";

runConformance("memory driver", {
  cases: driverConformance,
  context: {
    async open({ queuedMessages, driverLimits = {} } = {}) {
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const workflowId = "run under test";
      let driver = memoryDriver({ workflowId, limits, driverLimits });
      return {
        driver,
        workflowId,
        epoch: 0,
        reopen: async () => {
          const data = driver.dump();
          driver = memoryDriver({ workflowId, limits, driverLimits });
          driver.restore(data);
          return driver;
        },
        response: (messageId) => driver.readResponse(messageId),
        close: () => driver.close(),
      };
    },
  },
});
