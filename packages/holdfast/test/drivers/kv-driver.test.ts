import { kvDriver } from "../../src/drivers/kv/kv-driver.ts";
import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";
import { runConformance } from "./run-conformance.ts";

runConformance("kv driver", {
  cases: driverConformance,
  context: {
    async open({ queuedMessages, driverLimits = {} } = {}) {
      const kv = new MemoryOrderedKV();
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const options = { workflowId: "run under test", limits, driverLimits };
      const driver = kvDriver(kv, options);
      return {
        driver,
        workflowId: options.workflowId,
        epoch: 0,
        reopen: async () => kvDriver(kv, options),
        response: (messageId) => driver.readResponse(messageId),
        close: async () => {},
      };
    },
  },
});
