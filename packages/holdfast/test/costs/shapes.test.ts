import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { runWorkflow, type StepContext } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { beforeAll, describe, expect, it } from "vitest";

/** Whether the runtime sees objects of one shape: one hidden class, which is made once and not for each of them. */
let sameShape: (one: object, other: object) => boolean;

beforeAll(() => {
  setFlagsFromString("--allow-natives-syntax");
  sameShape = runInThisContext("(one, other) => %HaveSameMap(one, other)");
  // It is compiled by its first call.
  sameShape({}, {});
  setFlagsFromString("--no-allow-natives-syntax");
});

describe("what is made for every step", () => {
  it("is of one shape, so that no step leaves anything to the collector of old objects", async () => {
    const given: StepContext[] = [];
    const driver = memoryDriver({ workflowId: "shapes" });
    const run = async (ctx: { step: (name: string, body: (step: StepContext) => void) => Promise<void> }) => {
      for (let i = 0; i < 20; i++) await ctx.step(`s${i}`, (step) => void given.push(step));
    };
    await runWorkflow("shapes", { name: "shapes", run }, null, driver).result;
    const [first, ...others] = given.slice(10);
    expect(others).toHaveLength(9);
    for (const other of others) expect(sameShape(first as StepContext, other)).toBe(true);
  });

  it("is told apart from objects of other shapes", () => {
    const getter = (value: number): object => ({
      get value() {
        return value;
      },
    });
    expect(sameShape({ a: 1 }, { b: 1 })).toBe(false);
    expect(sameShape(getter(1), getter(2))).toBe(false);
  });
});
