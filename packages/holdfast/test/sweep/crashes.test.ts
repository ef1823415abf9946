import { sweep } from "./sweep.ts";

sweep({
  outcome: "a crash before or after any storage operation changes nothing",
  options: { faults: ["crash-before", "crash-after", "crash-late"] },
});
