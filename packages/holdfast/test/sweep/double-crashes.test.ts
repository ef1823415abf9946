import { sweep } from "./sweep.ts";

sweep({
  outcome: "a crash while recovering from a crash changes nothing",
  options: { double: true },
  // The smallest program of each kind: there are as many cases as pairs of operations.
  only: [
    "three steps in sequence",
    "a step that is delivered at most once",
    "Promise.all over steps of different speed",
    "a loop that keeps no history",
    "a join of branches with steps, sleeps and nested blocks",
    "a race between sleeps, with steps after them",
    "a map with bounded concurrency",
    "messages that are there before, and one that comes later",
    "completable messages that are answered",
    "rollback of a sequence",
    "rollback of a map",
  ],
});
