import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { NO_ALARM, runConformance } from "./run-conformance.ts";
import { fileDrivers, temporaryDirectory } from "./sqlite-context.ts";

runConformance("bare sqlite driver", {
  cases: driverConformance,
  context: fileDrivers(temporaryDirectory()),
  deviations: NO_ALARM,
});
