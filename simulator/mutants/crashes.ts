import type { Mutant } from "./mutant.ts";

/** Bodies that end their process. */
export const crashes: readonly Mutant[] = [
  {
    id: "crash-budget-not-kept",
    title:
      "starts without progress are not counted, so a body that ends its process does so for ever (job queues)",
    kind: "historic",
    file: "storage/transitions.ts",
    find: "claimsWithoutCommit: run.claimsWithoutCommit + 1, lease }",
    replace: "claimsWithoutCommit: run.claimsWithoutCommit, lease }",
    modes: ["soup"],
  },
  {
    id: "crash-budget-of-handlers-not-kept",
    title: "a rollback handler that ends its process does so for ever (sagas)",
    kind: "historic",
    file: "engine/pass/rollback.ts",
    find: "if (starts > limits.crashBudget) {",
    replace: "if (starts < 0) {",
    modes: ["soup"],
  },
  {
    id: "released-claims-count-as-crashes",
    title:
      "a claim that is given back counts as a crash, so a run that is often passed on is held (job queues)",
    kind: "historic",
    file: "storage/transitions.ts",
    find: "const claimsWithoutCommit = Math.max(0, run.claimsWithoutCommit - 1);",
    replace: "const { claimsWithoutCommit } = run;",
    modes: ["soup", "liveness"],
  },
  {
    id: "crashes-blamed-on-neighbours",
    title:
      "a run that ends its process takes along all that run beside it, and they are held too (job queues with poison pills)",
    kind: "historic",
    file: "host/quarantine.ts",
    find: "if (startsWithoutCommit < suspicious || startsWithoutCommit > crashBudget) return 0;",
    replace: "if (startsWithoutCommit < suspicious || startsWithoutCommit >= suspicious) return 0;",
    modes: ["soup", "liveness"],
  },
];
