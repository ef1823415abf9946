import type { Mutant } from "./mutant.ts";

/** What deletes runs that have ended. */
export const retention: readonly Mutant[] = [
  {
    id: "retention-by-the-hosts-clock",
    title:
      "how long a run is kept is reckoned by the wall clock of whoever deletes it (cleaners on several machines)",
    kind: "historic",
    file: "host/retention.ts",
    find: "const now = claim.storeTime;",
    replace: "const now = this.#session.settings.world.clock.now();",
    modes: ["soup"],
  },
  {
    id: "retention-from-the-start",
    title: "a run is kept from its start and not from its end (tables with a time to live)",
    kind: "historic",
    file: "host/retention.ts",
    find: "#isOld({ status, updatedAt }: RunRecord, now: number): boolean {",
    replace: "#isOld({ status, createdAt: updatedAt }: RunRecord, now: number): boolean {",
    modes: ["soup"],
  },
];
