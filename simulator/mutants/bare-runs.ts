import type { Mutant } from "./mutant.ts";

/** Runs without a host, and their handles. */
export const bareRuns: readonly Mutant[] = [
  {
    id: "alarm-not-set-for-a-message",
    title: "a message that a sleeping run waits for sets no alarm (alarms of actors)",
    kind: "historic",
    file: "drivers/kv/kv-driver.ts",
    find: '(wantedQueued || alarm === "always")',
    replace: 'alarm === "always"',
    modes: ["handles"],
  },
  {
    id: "snapshot-ahead-of-its-commit",
    title: "who watches a run is shown results that are not stored yet (views of live state)",
    kind: "historic",
    file: "history/snapshot.ts",
    find: "[...journal.standing]",
    replace: "[...journal.root.entries()].map((place) => ({ place, entry: place.entry }))",
    modes: ["handles"],
  },
];
