import type { EngineDriver } from "../../src/storage/driver.ts";
import { sweep } from "./sweep.ts";

/** A driver that says it takes next to nothing at once: whatever is ready waits for a commit of its own. */
function littleAtOnce(driver: EngineDriver): EngineDriver {
  return new Proxy(driver, {
    get: (target, name) => {
      if (name === "limits") return { ...target.limits, batchBytes: 4, batchRows: 4 };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

sweep({
  outcome: "where each result is a commit of its own, a crash after any storage operation changes nothing",
  options: { faults: ["crash-after"] },
  with: { through: littleAtOnce },
});
