import { memoryStore } from "../../src/memory.ts";
import { storeConformance } from "../../src/testing/conformance/suites.ts";
import { memoryDamage } from "./damages.ts";
import { ALONE_IN_MEMORY, runConformance } from "./run-conformance.ts";

const alone = "a store in memory is of one process";

runConformance("memory store", {
  cases: storeConformance,
  context: {
    async open({ queuedMessages, driverLimits = {}, clock } = {}) {
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const options = { limits, driverLimits, ...(clock === undefined ? {} : { clock }) };
      const store = memoryStore(options);
      const copy = async () => {
        const copied = memoryStore(options);
        copied.restore(store.dump());
        return copied;
      };
      const reopen = async () => store.close().then(copy);
      const damage = memoryDamage(store);
      return { store, reopen, crash: copy, damage, transactions: () => store.stats.transactions };
    },
  },
  deviations: {
    ...ALONE_IN_MEMORY,
    "second-store": alone,
    "second-store-wait": alone,
    "fair-two-stores": alone,
    "fault-store": "writes in memory do not fail",
  },
});
