import { describe, expect, test } from "vitest";
import { controls } from "../../mutants/controls.ts";
import { huntMutant } from "../../mutants/hunter.ts";

/** Worlds within which the suite must have found each control. */
const WITHIN: Readonly<Record<string, number>> = {
  "torn-batches": 10,
  "fencing-off": 50,
  "attempts-not-persisted": 20,
  "no-second-look": 150,
  "no-checksum": 10,
  "terminal-overwritten": 150,
};

describe("the controls", () => {
  test.concurrent.each(controls)("$id is found by an invariant", { timeout: 240_000 }, async (control) => {
    const worlds = WITHIN[control.id] ?? 0;
    const hunt = await huntMutant(control, { worlds, milliseconds: 230_000 });
    const told = `${control.id}: ${hunt.found?.invariant ?? "nothing"} after ${hunt.cases} seeds of at most ${worlds}`;
    expect(hunt.found, told).not.toBeNull();
    expect(hunt.cases, told).toBeLessThanOrEqual(worlds);
    expect(hunt.broken, told).toEqual([]);
  });
});
