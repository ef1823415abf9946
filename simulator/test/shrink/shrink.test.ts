import { expect, it } from "vitest";
import type { WorkflowStore } from "#holdfast/storage/store.ts";
import { generateScenario } from "../../generate/generate-scenario.ts";
import { judge } from "../../modes/judge.ts";
import { numberedSeed } from "../../random/prng.ts";
import { shrink } from "../../shrink/shrink.ts";
import { testFile } from "../../shrink/test-file.ts";
import type { Scenario } from "../../world/scenario.ts";
import { smallWorld } from "../one-step-world.ts";

/** A store that says it has taken messages and has not. */
function forgetful(store: WorkflowStore): WorkflowStore {
  return new Proxy(store, {
    get: (target, key) => {
      if (key === "enqueue") return () => Promise.resolve(null);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const broken = { invariant: "I20", through: forgetful };

/** The first random world in which a message is lost by the forgetful store. */
async function worldWithLoss(): Promise<Scenario> {
  for (let n = 0; n < 100; n++) {
    const scenario = generateScenario(numberedSeed(n), "soup");
    const { findings } = await judge(scenario, broken);
    if (findings.some(({ invariant }) => invariant === broken.invariant)) return scenario;
  }
  throw new Error("No message was lost in 100 worlds.");
}

it("leaves nothing of a world but what makes it wrong", async () => {
  const shrunk = await shrink(await worldWithLoss(), { ...broken, budget: 500 });
  expect(shrunk).not.toBeNull();
  const { scenario } = shrunk as NonNullable<typeof shrunk>;
  expect(scenario.incidents).toEqual([]);
  expect(scenario.plan).toEqual([]);
  expect(scenario.acts).toHaveLength(1);
  expect(scenario.hosts).toHaveLength(1);
}, 60_000);

it("gives nothing for a world in which nothing is wrong", async () => {
  expect(await shrink(smallWorld(), { invariant: "I20" })).toBeNull();
});

it("writes a test file that holds the whole world", () => {
  const scenario = smallWorld();
  const shrunk = { scenario, problem: "a message was lost", worlds: 1 };
  const text = testFile(shrunk, { invariant: "I20", replay: scenario.seed });
  const held = text.slice(text.indexOf("Scenario = ") + "Scenario = ".length, text.indexOf(";\n\nit("));
  expect(JSON.parse(held)).toEqual(scenario);
  expect(text).toContain(scenario.seed);
});
