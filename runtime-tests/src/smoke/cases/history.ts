import { UnserializableValueError } from "holdfast";
import { crashedAt } from "../crashed-at.ts";
import { HARD_VALUES } from "../hard-values.ts";
import type { SmokeCase } from "../smoke-case.ts";

const nothing = (): Promise<void> => Promise.resolve();

/** What is stored: values, limits, changing code, damage. */
export const history: readonly SmokeCase[] = [
  {
    name: "a run keeps to the version that it began with, and to places that were removed",
    workflow: async (ctx, note) => {
      await ctx.step("old", () => note("old"));
      return [1, await ctx.listen("go", "go")];
    },
    play: async (run) => {
      run.start();
      await run.stands("sleeping");
      await run.crash();
      const { result } = run.start({
        workflow: async (ctx, note) => {
          await ctx.removed("old", "step");
          const version = await ctx.getVersion("change", 2);
          const body = await ctx.listen("go", "go");
          const later = await ctx.getVersion("later", 3);
          return [version, body, later, note("new code", true)];
        },
      });
      await run.handle.send("go", "on");
      return (await result).output;
    },
    output: [1, "on", 3, true],
    notes: ["old", "new code"],
  },
  {
    name: "code that does not fit its history starts nothing",
    workflow: async (ctx, note) => {
      await ctx.step("a", () => note("a"));
      await ctx.listen("go", "go");
    },
    play: async (run) => {
      run.start();
      await run.stands("sleeping");
      await run.crash();
      return run.outcome({ workflow: (ctx, note) => ctx.step("b", () => note("b")) });
    },
    error: "HISTORY_DIVERGED",
    notes: ["a"],
  },
  {
    name: "values come back as they were",
    workflow: async (ctx, note) => {
      const wrong: string[] = [];
      for (const [name, { value, same }] of Object.entries(HARD_VALUES)) {
        if (!same(await ctx.step(name, () => value))) wrong.push(name);
      }
      await ctx.step("last", () => note("last"));
      await ctx.sleep("rest", 10);
      return wrong;
    },
    play: crashedAt("last"),
    output: [],
  },
  {
    name: "a value that cannot be stored is refused by its path",
    workflow: async (ctx) => {
      const tried = await ctx.tryStep({
        name: "give",
        maxRetries: 0,
        run: () => ({ list: [1, { call: () => {} }] }),
      });
      const error = tried.ok ? null : tried.failure.error;
      const problem = UnserializableValueError.is(error) ? error : error?.cause;
      return UnserializableValueError.is(problem) && problem.path.includes("list[1].call");
    },
    output: true,
  },
  {
    name: "limits are kept, and say so",
    workflow: (ctx) => ctx.step("n".repeat(257), nothing),
    error: "LIMIT",
  },
  {
    name: "damaged bytes hold the run with a typed error",
    workflow: async (ctx, note) => {
      await ctx.step("a", () => note("a", "a result that can be damaged"));
      await ctx.listen("go", "go");
    },
    play: async (run) => {
      run.start();
      await run.stands("sleeping");
      await run.crash();
      return run.outcome({ damaged: true });
    },
    error: "CORRUPTION",
    notes: ["a"],
  },
];
