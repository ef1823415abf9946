import { sweep } from "./sweep.ts";

sweep({
  outcome: "an error of any storage operation changes nothing",
  options: { faults: ["not-applied", "unknown-applied", "unknown-not-applied", "unknown-applied-late"] },
});
