import { describe, expect, it } from "vitest";
import { scenarios } from "../scenarios/all.ts";
import { playScenario } from "../scenarios/play-scenario.ts";
import type { Scenario } from "../scenarios/scenario.ts";

/** New for every run; the rig prints the command that plays a round again. */
const SEED = Math.floor(Math.random() * 2 ** 31);
/** No round begins later: on a slow machine less is played, and all that is played is judged. */
const WITHIN_MS = 15_000;

/** How much of each scenario is played here; the others are variants for the long form. */
const AMOUNTS: Readonly<Record<string, number>> = {
  "kill-2": 6,
  failpoints: 10,
  "failpoint-zombies": 2,
  zombies: 1,
  drains: 2,
  deploys: 2,
  exits: 3,
  copies: 1,
  "shared-memory": 1,
  "disk-full": 1,
};

function named(id: string): Scenario {
  const found = scenarios.find((scenario) => scenario.id === id);
  if (found === undefined) throw new Error(`There is no scenario "${id}".`);
  return found;
}

describe(`processes on one file (seed ${SEED})`, { timeout: 240_000 }, () => {
  it.each(Object.entries(AMOUNTS))("keep every promise: %s", async (id, amount) => {
    const scenario = named(id);
    const report = await playScenario(scenario, { seed: SEED, form: "short", amount, withinMs: WITHIN_MS });
    expect(report.violations).toEqual([]);
    if (report.skipped === null) expect(report.counts.rounds).toBeGreaterThan(0);
    else process.stderr.write(`SKIPPED ${id}: ${report.skipped}\n`);
  });
});
