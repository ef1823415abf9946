import type { MemoryDump } from "#holdfast/drivers/memory/memory-dump.ts";
import { generateScenario } from "../generate/generate-scenario.ts";
import { canonicalText } from "../program/canonical.ts";
import { type Judged, judge } from "./judge.ts";
import type { Mode } from "./mode.ts";
import { Tally } from "./tally.ts";

/** The same scenario on each storage: the same trace, and in the end the same bytes. */
export const differential: Mode = {
  name: "differential",
  title: "memory, SQLite in memory and SQLite in a file: the same trace, the same bytes",
  cases: null,
  // Damage is done to storages in memory only.
  scenario: (seed) => {
    const scenario = generateScenario(seed, "soup");
    return { ...scenario, rates: { ...scenario.rates, corruption: 0 } };
  },
  async play(seed) {
    const tally = new Tally(seed);
    const worlds: Judged[] = [];
    for (const storage of ["memory", "sqlite-memory", "sqlite-file"] as const) {
      const judged = await judge({ ...this.scenario(seed), storage });
      tally.add(judged);
      worlds.push(judged);
    }
    const [memory, ...others] = worlds.map(({ world }) => world);
    for (const other of others) {
      const { storage } = other.evidence.scenario;
      const differ = (what: string): void =>
        tally.complain([
          { invariant: "differential", problem: `${storage} has ${what} than memory`, run: null, fact: null },
        ]);
      if (other.digest() !== memory?.digest()) differ("another trace");
      if (memory !== undefined && stateOf(other.evidence.stored) !== stateOf(memory.evidence.stored))
        differ("other bytes");
    }
    return tally.report;
  },
};

/** Everything that is stored but for the storage's own numbers, and checksums that cover those. */
function stateOf(dump: MemoryDump): string {
  const runs = dump.runs.map(({ row, header, entries, messages, consumed, responses }) => ({
    row: { ...row, key: 0, queueSeal: 0 },
    header,
    entries,
    messages,
    consumed: [...consumed].sort(),
    responses: [...responses].sort(([a], [b]) => (a < b ? -1 : 1)),
  }));
  return canonicalText(runs);
}
