import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { NOT_FUNCTION } from "./bad-values.ts";

const mapWith = (o: object) => (ctx: WorkflowContext) => ctx.map("op", [1, 2], () => 1, o);

applyLaws({
  kind: "map",
  perform: (ctx, name) => ctx.map(name, [1, 2, 3], (b, n) => b.step("s", () => n), { concurrency: 2 }),
  lasting: (ctx, name) => ctx.map(name, [1, 2], (b) => b.sleep("s", "1d")),
  compensable: (ctx, name, armed) =>
    ctx.map(name, ["first", "second"], (b, n) => armed(b, n), { concurrency: 1 }),
});

refuseBadCalls("map", [
  ...wrongTypes(
    "items",
    [
      [undefined, "undefined"],
      [null, "null"],
      [{}, "an object"],
      ["ab", '"ab" (string)'],
      [new Set([1]), "an object (Set)"],
    ],
    (v) => (ctx) => ctx.map("op", v, () => 1),
  ),
  ...wrongTypes("run", NOT_FUNCTION, (run) => (ctx) => ctx.map("op", [1], run)),
  ...wrongTypes(
    "concurrency",
    [
      [0, "0 (number)"],
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      ["3", '"3" (string)'],
      [null, "null"],
    ],
    (concurrency) => mapWith({ concurrency }),
  ),
  ...wrongTypes(
    "minSuccessful",
    [
      [3, "3 (number)"],
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      [null, "null"],
    ],
    (minSuccessful) => mapWith({ minSuccessful }),
  ),
  ...wrongTypes(
    "toleratedFailures",
    [
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      [null, "null"],
    ],
    (toleratedFailures) => mapWith({ toleratedFailures }),
  ),
  ["100,001 items", (ctx) => ctx.map("op", new Array(100_001), () => 1), ["mapItems", "100001"], "LIMIT"],
  ["options as null", (ctx) => ctx.map("op", [1], () => 1, null as never), ["null"]],
]);

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

describe("the policy of a map", () => {
  /** Items below zero fail. */
  const mapped = (items: readonly number[], options: object) => (ctx: WorkflowContext) =>
    ctx.map(
      "items",
      items,
      (item, n) =>
        item.step({
          name: "s",
          maxRetries: 0,
          run: () => {
            if (n < 0) throw new Error(`item ${n}`);
            return n;
          },
        }),
      options,
    );

  it.each<[string, number[], object, unknown]>([
    ["gives results in the order of items", [3, 1, 2], { concurrency: 1 }, [3, 1, 2]],
    ["of no items gives no results", [], {}, []],
    ["lets as many failures pass as are tolerated", [1, -1, 2], { toleratedFailures: 1 }, [1, undefined, 2]],
    [
      "is met as soon as enough have succeeded",
      [1, 2, 3],
      { minSuccessful: 1, concurrency: 1 },
      [1, undefined, undefined],
    ],
    [
      "with minSuccessful tolerates what leaves it possible",
      [-1, -2, 3],
      { minSuccessful: 1, concurrency: 1 },
      [undefined, undefined, 3],
    ],
  ])("%s", async (_outcome, items, options, output) => {
    expect((await lab.run(mapped(items, options))).output).toEqual(output);
  });

  it.each<[string, number[], object, number[]]>([
    ["by default tolerates no failure", [1, -1, 2], { concurrency: 1 }, [1]],
    ["is missed by one failure too many", [-1, -2, 3], { toleratedFailures: 1, concurrency: 1 }, [0, 1]],
    ["is missed when too few can succeed", [-1, 2, -3], { minSuccessful: 2, concurrency: 1 }, [0, 2]],
    [
      "is missed when too few can succeed, however many failures are tolerated",
      [-1, -2, 3],
      { minSuccessful: 2, toleratedFailures: 3, concurrency: 1 },
      [0, 1],
    ],
    [
      "is missed by one failure too many, though enough could succeed",
      [-1, 2, 3],
      { minSuccessful: 2, toleratedFailures: 0, concurrency: 1 },
      [0],
    ],
  ])("%s, and the error tells which items failed", async (_outcome, items, options, failed) => {
    const error = (await lab.failure(mapped(items, options))) as Error & { errors: { index: number }[] };
    expect(error.name).toBe("MapError");
    expect(error.errors.map(({ index }) => index)).toEqual(failed);
  });

  it.each<[string, object, string]>([
    ["failures", { minSuccessful: 1, toleratedFailures: 1 }, "at most 1 failures"],
    ["successes", { minSuccessful: 2, toleratedFailures: 3 }, "at least 2 successes"],
  ])("tells that it was missed by its %s, where it bounds both", async (_bound, options, policy) => {
    const error = await lab.failure(mapped([-1, -2, 3], { ...options, concurrency: 1 }));
    expect(error.message).toContain(`missed its completion policy (${policy})`);
  });

  it("keeps no more items in work than its concurrency", async () => {
    let open = 0;
    let most = 0;
    const workflow = (ctx: WorkflowContext) =>
      ctx.map(
        "items",
        [1, 2, 3, 4, 5, 6, 7],
        (item) =>
          item.step("s", async () => {
            open += 1;
            most = Math.max(most, open);
            await lab.clock.sleep(10);
            open -= 1;
          }),
        { concurrency: 3 },
      );
    await lab.run(workflow);
    expect(most).toBe(3);
  });
});
