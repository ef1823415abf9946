import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { runConformance } from "./run-conformance.ts";
import { fileDrivers, temporaryDirectory } from "./sqlite-context.ts";

runConformance("bare sqlite driver", {
  cases: driverConformance,
  context: fileDrivers(temporaryDirectory()),
});
