import { memoryStore } from "../../src/memory.ts";
import { storeConformance } from "../../src/testing/conformance/suites.ts";
import { runConformance } from "./run-conformance.ts";

runConformance("memory store", {
  cases: storeConformance,
  context: {
    async open(settings = {}) {
      const { queuedMessages, driverLimits = {}, clock } = settings;
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const options = { limits, driverLimits, ...(clock === undefined ? {} : { clock }) };
      const store = memoryStore(options);
      return {
        store,
        reopen: async () => {
          await store.close();
          const again = memoryStore(options);
          again.restore(store.dump());
          return again;
        },
        second: () => null,
        transactions: () => store.stats.transactions,
      };
    },
  },
});
