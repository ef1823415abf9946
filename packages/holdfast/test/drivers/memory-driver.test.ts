import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { memoryContext } from "./memory-context.ts";
import { ALONE_IN_MEMORY, NO_ALARM, runConformance } from "./run-conformance.ts";

runConformance("memory driver", {
  cases: driverConformance,
  context: memoryContext(),
  deviations: { ...ALONE_IN_MEMORY, ...NO_ALARM },
});
