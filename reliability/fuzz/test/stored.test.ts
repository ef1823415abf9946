import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Batches } from "../stored/batches.ts";
import { prepareAll, runSeries } from "../stored/series.ts";
import { StrayWatch } from "../stray-watch.ts";

/** Seeds on each kind of storage: about twenty thousand mutations in all. */
const SEEDS: Readonly<Record<string, number>> = { memory: 130, sqlite: 36, kv: 62 };
const FRESH = Math.floor(Math.random() * 2 ** 40);
const PATIENCE_MS = 600_000;

describe.each(Object.keys(SEEDS))("damaged data on %s", (home) => {
  let batches: Batches[];
  const strays = new StrayWatch();
  beforeAll(async () => {
    batches = await prepareAll(home);
  }, PATIENCE_MS);
  afterAll(async () => {
    expect(await strays.end()).toEqual([]);
  });

  const series: readonly (readonly [string, number, number])[] = [
    ["seeds that are the same always", 1, SEEDS[home] as number],
    [`fresh seeds from ${FRESH}`, FRESH, 2],
  ];
  test.each(series)(
    "gives the same result or a run that is held, with %s",
    async (_, firstSeed, count) => {
      const tally = await runSeries(batches, {
        firstSeed,
        enough: (seeds) => seeds >= count,
        progress: () => {},
      });
      expect(tally.bugs).toEqual([]);
      expect(tally.mutations).toBeGreaterThan(count * 70);
      // Most of it is found out; if none were, the rig would not do what it says.
      expect(tally.total.held).toBeGreaterThan(count * 30);
    },
    PATIENCE_MS,
  );
});
