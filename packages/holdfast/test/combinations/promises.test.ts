import { describe, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { after, type Code, endsAs, failing } from "./ends-as.ts";

/** Steps that end in the order c, a, b, whatever the order in which they are asked for. */
const steps = (ctx: WorkflowContext): Promise<string>[] => [
  ctx.step("a", () => after(20, "a")),
  ctx.step("b", () => after(40, "b")),
  ctx.step("c", () => "c"),
];

/** The same with timers between. */
const chains = (ctx: WorkflowContext): Promise<string>[] => [
  ctx.sleep("nap a", "2m").then(() => ctx.step("a", () => "a")),
  ctx.sleep("nap b", "3m").then(() => ctx.step("b", () => "b")),
  ctx.sleep("nap c", "1m").then(() => ctx.step("c", () => "c")),
];

const bad = (ctx: WorkflowContext): Promise<never> =>
  ctx.step({ name: "bad", maxRetries: 0, run: failing("bad") });

/** The order in which promises are fulfilled. */
async function order(promises: readonly Promise<string>[]): Promise<string[]> {
  const seen: string[] = [];
  await Promise.all(promises.map((promise) => promise.then((value) => seen.push(value))));
  return seen;
}

const cases: readonly (readonly [outcome: string, expected: unknown, code: Code])[] = [
  ["Promise.all over steps keeps their order", ["a", "b", "c"], (ctx) => Promise.all(steps(ctx))],
  ["Promise.all over timers and steps keeps their order", ["a", "b", "c"], (ctx) => Promise.all(chains(ctx))],
  ["timers and steps are fulfilled in the order of time", ["c", "a", "b"], (ctx) => order(chains(ctx))],
  ["Promise.race over timers and steps is won by the first", "c", (ctx) => Promise.race(chains(ctx))],
  [
    "Promise.any over a failing step and timers is won by the first success",
    "c",
    (ctx) => Promise.any<string>([bad(ctx), ...chains(ctx)]),
  ],
  [
    "Promise.allSettled tells good and bad apart",
    ["fulfilled", "fulfilled", "fulfilled", "rejected"],
    async (ctx) => (await Promise.allSettled([...steps(ctx), bad(ctx)])).map(({ status }) => status),
  ],
  [
    "Promise.all with a failing step rejects with its error, and code may catch it",
    "StepExhaustedError",
    async (ctx) => {
      const naps = chains(ctx);
      const name = await Promise.all([bad(ctx), ...naps]).catch((error: Error) => error.name);
      await Promise.all(naps);
      return name;
    },
  ],
  [
    "a step that was started before a sleep is awaited after it",
    ["early", "late"],
    async (ctx) => {
      const early = ctx.step("early", () => "early");
      await ctx.sleep("nap", "1h");
      return [await early, await ctx.step("late", () => "late")];
    },
  ],
];

describe("promises of the language over operations", () => {
  it.each(cases)("%s", { timeout: 30_000 }, (_outcome, expected, code) =>
    endsAs(expected, code, { sameEffects: false }),
  );

  it("steps of different speed are fulfilled in the same order after a crash as before", () =>
    endsAs(true, async (ctx) => {
      const first = await order(steps(ctx));
      const kept = await ctx.step("keep", () => first);
      await ctx.sleep("nap", "1h");
      const stillKept = await ctx.step("keep again", () => first);
      return JSON.stringify(kept) === JSON.stringify(stillKept);
    }));
});
