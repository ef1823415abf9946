import { CriticalError } from "holdfast";
import { crashedAt } from "../crashed-at.ts";
import type { SmokeCase } from "../smoke-case.ts";

/** Bodies: once, again, too long, for good. */
export const steps: readonly SmokeCase[] = [
  {
    name: "steps run once, in order",
    workflow: async (ctx, note) => {
      const a = await ctx.step("a", () => note("a", 1));
      const b = await ctx.step("b", async () => note("b", a + 1));
      return [a, b, await ctx.step("a/b", () => note("a/b", null))];
    },
    output: [1, 2, null],
    notes: ["a", "b", "a/b"],
  },
  {
    name: "a step is retried, and knows it",
    workflow: (ctx, note) =>
      ctx.step({
        name: "flaky",
        retryBackoffBase: 1,
        run: ({ attempt, lastError }) => {
          note(`${attempt} after ${(lastError as Error | undefined)?.message}`);
          if (attempt < 3) throw new Error(`failure ${attempt}`);
          return attempt;
        },
      }),
    output: 3,
    notes: ["1 after undefined", "2 after failure 1", "3 after failure 2"],
  },
  {
    name: "a step that fails for good is an error as data",
    workflow: async (ctx) => {
      const exhausted = await ctx.tryStep({
        name: "broken",
        maxRetries: 0,
        run: () => Promise.reject(new TypeError("no")),
      });
      const critical = await ctx.tryStep("critical", () => Promise.reject(new CriticalError("never")));
      const failures = [exhausted, critical].map((tried) => (tried.ok ? null : tried.failure));
      const cause = failures[0]?.error.cause;
      return [
        ...failures.map((failure) => failure?.kind),
        cause instanceof TypeError,
        (cause as Error).message,
      ];
    },
    output: ["exhausted", "critical", true, "no"],
  },
  {
    name: "a step times out, and its signal says so",
    workflow: (ctx, note) =>
      ctx.step({
        name: "slow",
        timeout: 15,
        run: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(note("aborted", signal.reason)));
          }),
      }),
    error: "STEP_TIMEOUT",
    notes: ["aborted"],
  },
  {
    name: "a crash in the middle of a step runs it again, and nothing before it",
    workflow: async (ctx, note, life) => {
      const drawn = [ctx.random(), ctx.uuid(), await ctx.step("now", () => note("now", Date.now()))];
      const again = await ctx.step("torn", () => {
        note("torn");
        return life === 1 ? new Promise(() => {}) : 1;
      });
      return [typeof drawn[0], String(drawn[1]).length, typeof drawn[2], again];
    },
    play: crashedAt("torn"),
    output: ["number", 36, "number", 1],
    notes: ["now", "torn", "torn"],
  },
];
