import { storeConformance } from "../../src/testing/conformance/suites.ts";
import { runConformance } from "./run-conformance.ts";
import { fileStores, handleStores, temporaryDirectory } from "./sqlite-context.ts";

runConformance("sqlite store on a file", {
  cases: storeConformance,
  context: fileStores(temporaryDirectory()),
});
runConformance("sqlite store on a handle in memory", { cases: storeConformance, context: handleStores() });
