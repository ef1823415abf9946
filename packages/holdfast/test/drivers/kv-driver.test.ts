import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { kvDrivers } from "./kv-context.ts";
import { runConformance } from "./run-conformance.ts";

const reason = "a namespace is used by one process at a time; the platform sees to that";

runConformance("kv driver", {
  cases: driverConformance,
  context: kvDrivers,
  deviations: { "fault-frees": reason },
});
