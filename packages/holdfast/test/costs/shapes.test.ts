import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { runWorkflow, type StepContext } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { beforeAll, describe, expect, it } from "vitest";

/**
 * Whether objects are of one shape that the runtime knows: then what their getters are is written down once for all of them,
 * and not for each among the old objects, where it holds what the getters hold until the next full collection.
 */
let shareShape: (one: object, other: object) => boolean;

beforeAll(() => {
  setFlagsFromString("--allow-natives-syntax");
  shareShape = runInThisContext("(one, other) => %HasFastProperties(one) && %HaveSameMap(one, other)");
  // It is compiled by its first call.
  shareShape({}, {});
});

describe("what is made for every step", () => {
  it("leaves nothing to the collector of old objects", async () => {
    const given: StepContext[] = [];
    const driver = memoryDriver({ workflowId: "shapes" });
    const run = async (ctx: { step: (name: string, body: (step: StepContext) => void) => Promise<void> }) => {
      for (let i = 0; i < 20; i++) await ctx.step(`s${i}`, (step) => void given.push(step));
    };
    await runWorkflow("shapes", { name: "shapes", run }, null, driver).result;
    const [first, ...others] = given.slice(10);
    expect(others).toHaveLength(9);
    for (const other of others) expect(shareShape(first as StepContext, other)).toBe(true);
  });

  it("would, with getters of its own", () => {
    const literal = (value: number): object => ({
      get value() {
        return value;
      },
    });
    const defined = (value: number): object => Object.defineProperty({}, "value", { get: () => value });
    for (const make of [literal, defined]) expect(shareShape(make(1), make(2))).toBe(false);
  });
});
