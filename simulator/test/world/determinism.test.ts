import { describe, expect, it } from "vitest";
import { generateBare } from "../../generate/generate-bare.ts";
import { generateScenario } from "../../generate/generate-scenario.ts";
import { numberedSeed } from "../../random/prng.ts";
import { runScenario } from "../../world/run-scenario.ts";

describe("the same seed", () => {
  it.each(["memory", "sqlite-memory"] as const)(
    "gives the same world on %s, event for event",
    async (storage) => {
      for (let n = 0; n < 5; n++) {
        const scenario = { ...generateScenario(numberedSeed(n), "soup"), storage };
        const first = await runScenario(scenario);
        const second = await runScenario(scenario);
        expect(second.digest()).toBe(first.digest());
        expect(second.events).toBe(first.events);
        expect(second.evidence.facts.length).toBe(first.evidence.facts.length);
      }
    },
  );

  it("gives the same world of bare runs, in either home", async () => {
    const homes = new Set<string>();
    for (let n = 0; n < 6; n++) {
      const scenario = generateBare(numberedSeed(n));
      const first = await runScenario(scenario);
      const second = await runScenario(scenario);
      expect(second.digest()).toBe(first.digest());
      expect(second.events).toBe(first.events);
      homes.add(scenario.bare?.home ?? "none");
    }
    expect([...homes].sort()).toEqual(["memory", "namespace"]);
  });

  it("gives the same world when the faults that were drawn are planned", async () => {
    let faults = 0;
    for (let n = 0; n < 5; n++) {
      const scenario = generateScenario(numberedSeed(n), "storm");
      const drawn = await runScenario(scenario);
      const { "hint-lost": lost = 0, "hint-late": late = 0, "hint-false": foreign = 0 } = scenario.rates;
      const { corruption = 0 } = scenario.rates;
      const rates = { "hint-lost": lost, "hint-late": late, "hint-false": foreign, corruption };
      const planned = await runScenario({ ...scenario, rates, plan: drawn.faults });
      expect(planned.digest()).toBe(drawn.digest());
      faults += drawn.faults.length;
    }
    expect(faults).toBeGreaterThan(10);
  });
});

it("another seed gives another world", async () => {
  const first = await runScenario(generateScenario(numberedSeed(0), "soup"));
  const second = await runScenario(generateScenario(numberedSeed(1), "soup"));
  expect(second.digest()).not.toBe(first.digest());
});
