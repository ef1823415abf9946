import { storeConformance } from "../../src/testing/conformance/suites.ts";
import { runConformance } from "./run-conformance.ts";
import { fileStores, handleStores, temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();
const reason = "node:sqlite does not fail by itself: tested on a handle that does";

runConformance("sqlite store on a file", {
  cases: storeConformance,
  context: fileStores(directory),
  deviations: {
    "fault-each-write": reason,
    "fault-message": reason,
    "fault-frees": reason,
    "fault-answer-lost": reason,
    "fault-store": reason,
  },
});
runConformance("sqlite store on a handle that was passed in", {
  cases: storeConformance,
  context: handleStores(directory),
});
