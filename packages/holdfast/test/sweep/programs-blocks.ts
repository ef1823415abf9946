import { type LimitError, Loop } from "holdfast";
import type { WorkflowContext } from "../../src/model/context.ts";
import type { CrashProgram } from "../../src/testing/crash-program.ts";

/** A loop whose steps can be undone; what runs beside it tells by a variable that it is to end, with a step of its own. */
export async function stoppedFromBeside(ctx: WorkflowContext) {
  await ctx.rollbackCheckpoint("from here");
  let stopped = false;
  const beside = ctx.sleep("until then", "3.5h").then(() => {
    stopped = true;
  });
  const rounds = await ctx.loop<number, number>({
    name: "rounds",
    state: 0,
    historyPruneInterval: 1,
    historySize: 0,
    run: async (inner, n) => {
      const last = stopped;
      await inner.step({ name: last ? "close" : "work", run: () => n, rollback: () => {} });
      await inner.sleep("pause", "1h");
      return last ? Loop.break(n) : Loop.continue(n + 1);
    },
  });
  await beside;
  return rounds;
}

/** Programs of blocks: loop, join, race, map, try, versions. */
export const blockPrograms: readonly CrashProgram[] = [
  {
    name: "a loop with state, pruned every two iterations",
    workflow: (ctx: WorkflowContext) =>
      ctx.loop<{ n: number; seen: number[] }, number[]>({
        name: "count",
        state: { n: 0, seen: [] },
        historyPruneInterval: 2,
        historySize: 1,
        run: async (inner, state) => {
          const value = await inner.step("work", () => state.n * 10);
          const seen = [...state.seen, value];
          return state.n === 6 ? Loop.break(seen) : Loop.continue({ n: state.n + 1, seen });
        },
      }),
  },
  {
    name: "a loop without state that sleeps",
    workflow: async (ctx: WorkflowContext) => {
      const start = ctx.now();
      await ctx.loop("rounds", async (inner) => {
        await inner.step("count", () => 1);
        await inner.sleep("pause", "1h");
        return inner.now() > start + 2.5 * 3_600_000 ? Loop.break() : undefined;
      });
      return "done";
    },
  },
  {
    name: "a loop that keeps no history",
    workflow: (ctx: WorkflowContext) =>
      ctx.loop<number, number>({
        name: "none kept",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, n) => {
          await inner.step("work", () => n);
          return n === 4 ? Loop.break(n) : Loop.continue(n + 1);
        },
      }),
  },
  {
    name: "a loop that is told to stop by what runs beside it",
    workflow: (ctx: WorkflowContext) => stoppedFromBeside(ctx),
  },
  {
    name: "a loop that comes up to its limit of rollback handlers",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      return ctx.loop<number, unknown>({
        name: "rounds",
        state: 0,
        historyPruneInterval: 2,
        historySize: 0,
        run: async (inner, n) => {
          const arming = async () => inner.step({ name: "undoable", run: () => n, rollback: () => {} });
          const done = await arming().catch((error: LimitError) => error.limit);
          await inner.sleep("pause", "1h");
          return n === 3 ? Loop.break(done) : Loop.continue(n + 1);
        },
      });
    },
    limits: { armedHandlers: 2 },
  },
  {
    name: "a wait in a loop, asked for after one beside it",
    workflow: async (ctx: WorkflowContext) => {
      const beside = ctx.sleep("short", "1.5h").then(() => ctx.listen("beside", "number"));
      const inside = ctx.loop<number, unknown>({
        name: "rounds",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, n) => {
          await inner.sleep("pause", "1h");
          return n < 2 ? Loop.continue(n + 1) : Loop.break(await inner.listen("wait", "number"));
        },
      });
      return Promise.all([beside, inside]);
    },
    messages: [
      { at: 5 * 3_600_000, name: "number", body: 1 },
      { at: 6 * 3_600_000, name: "number", body: 2 },
    ],
  },
  {
    name: "nested loops",
    workflow: (ctx: WorkflowContext) =>
      ctx.loop<number, number>({
        name: "outer",
        state: 0,
        historyPruneInterval: 2,
        historySize: 1,
        run: async (outer, i) => {
          const sum = await outer.loop<number, number>({
            name: "inner",
            state: 0,
            historyPruneInterval: 2,
            historySize: 0,
            run: async (inner, j) => {
              await inner.step("work", () => j);
              return j === 2 ? Loop.break(j) : Loop.continue(j + 1);
            },
          });
          return i >= 4 ? Loop.break(i) : Loop.continue(i + sum);
        },
      }),
  },
  {
    name: "a loop whose body fails",
    workflow: async (ctx: WorkflowContext) => {
      const result = await ctx.try("around", (inner) =>
        inner.loop<number, never>({
          name: "fails",
          state: 0,
          run: async (body, n) => {
            await body.step({
              name: "work",
              maxRetries: 0,
              run: () => {
                if (n === 2) throw new Error("third");
              },
            });
            return Loop.continue(n + 1);
          },
        }),
      );
      await ctx.step("after", () => 0);
      return result.ok ? "ok" : [result.failure.kind, result.failure.error.message];
    },
  },
  {
    name: "a join of branches with steps, sleeps and nested blocks",
    workflow: async (ctx: WorkflowContext) => {
      const joined = await ctx.join("all", {
        steps: {
          run: async (branch) => {
            const a = await branch.step("one", () => 1);
            return a + (await branch.step("two", () => 2));
          },
        },
        sleeps: {
          run: async (branch) => {
            await branch.sleep("nap", "1h");
            return branch.step("one", () => "slept");
          },
        },
        nested: {
          run: (branch) =>
            branch.join("inner", {
              x: { run: (leaf) => leaf.step("one", () => "x") },
              y: { run: async () => "y" },
            }),
        },
      });
      await ctx.step("after", () => 0);
      return joined;
    },
  },
  {
    name: "a join with failing branches",
    workflow: async (ctx: WorkflowContext) => {
      const result = await ctx.try("around", (inner) =>
        inner.join("some fail", {
          good: { run: (branch) => branch.step("work", () => 1) },
          bad: {
            run: (branch) =>
              branch.step({
                name: "work",
                maxRetries: 0,
                run: () => {
                  throw new Error("bad branch");
                },
              }),
          },
          worse: {
            run: async () => {
              throw new RangeError("at once");
            },
          },
        }),
      );
      await ctx.step("after", () => 0);
      return result.ok ? "ok" : [result.failure.kind, result.failure.error.message];
    },
  },
  {
    name: "an empty join and an empty map",
    workflow: async (ctx: WorkflowContext) => {
      const none = await ctx.join("none", {});
      const nothing = await ctx.map("nothing", [], () => 0);
      await ctx.step("after", () => 0);
      return [none, nothing];
    },
  },
  {
    name: "a race that a step wins against sleeps",
    workflow: async (ctx: WorkflowContext) => {
      const won = await ctx.race<string>("first", [
        { name: "sleep", run: (branch) => branch.sleep("long", "1d").then(() => "slept") },
        { name: "step", run: (branch) => branch.step("work", () => "worked") },
      ]);
      await ctx.step("after", () => 0);
      return won;
    },
  },
  {
    name: "a race between sleeps, with steps after them",
    sameEffects: false,
    workflow: async (ctx: WorkflowContext) => {
      const won = await ctx.race<string>("first", [
        {
          name: "later",
          run: async (branch) => {
            await branch.step("prepare", () => 0);
            await branch.sleep("two hours", "2h");
            return branch.step("work", () => "later");
          },
        },
        {
          name: "sooner",
          run: async (branch) => {
            await branch.sleep("one hour", "1h");
            return branch.step("work", () => "sooner");
          },
        },
      ]);
      await ctx.sleep("rest", "5h");
      return won;
    },
  },
  {
    name: "a race whose branches fail but one, and one where all fail",
    workflow: async (ctx: WorkflowContext) => {
      const failing = (name: string) => ({
        name,
        run: (branch: WorkflowContext) =>
          branch.step({
            name: "work",
            maxRetries: 0,
            run: (): string => {
              throw new Error(`${name} fails`);
            },
          }),
      });
      const won = await ctx.race<string>("one wins", [
        failing("a"),
        failing("b"),
        { name: "c", run: (branch) => branch.sleep("nap", "1m").then(() => "c") },
      ]);
      const lost = await ctx.try("around", (inner) =>
        inner.race<string>("none wins", [failing("a"), failing("b")]),
      );
      return [won, lost.ok ? "ok" : [lost.failure.kind, lost.failure.error.message]];
    },
  },
  {
    name: "a map with bounded concurrency",
    workflow: async (ctx: WorkflowContext) => {
      const mapped = await ctx.map("square", [1, 2, 3, 4, 5], (item, n) => item.step("work", () => n * n), {
        concurrency: 2,
      });
      await ctx.step("after", () => 0);
      return mapped;
    },
  },
  {
    name: "a map that tolerates failures and one that misses its policy",
    workflow: async (ctx: WorkflowContext) => {
      const odd = (item: WorkflowContext, n: number): Promise<number> =>
        item.step({
          name: "work",
          maxRetries: 0,
          run: () => {
            if (n % 2 === 0) throw new Error(`${n} is even`);
            return n;
          },
        });
      const tolerant = await ctx.map("tolerant", [1, 2, 3], odd, { toleratedFailures: 1 });
      const missed = await ctx.try("around", (inner) =>
        inner.map("strict", [1, 2, 3, 4], odd, { toleratedFailures: 1, concurrency: 1 }),
      );
      return [tolerant, missed.ok ? "ok" : missed.failure.kind];
    },
  },
  {
    name: "a map that is satisfied with the first two",
    sameEffects: false,
    workflow: async (ctx: WorkflowContext) => {
      const mapped = await ctx.map(
        "quorum",
        [3, 1, 2],
        async (item, hours) => {
          await item.sleep("wait", hours * 3_600_000);
          return hours;
        },
        { minSuccessful: 2 },
      );
      await ctx.sleep("rest", "5h");
      return mapped;
    },
  },
  {
    name: "try blocks that succeed, fail, and let their own errors through",
    workflow: async (ctx: WorkflowContext) => {
      const good = await ctx.try("good", async (inner) => (await inner.step("work", () => 2)) + 1);
      const bad = await ctx.try("bad", (inner) =>
        inner.step({
          name: "work",
          maxRetries: 0,
          run: () => {
            throw new Error("bad");
          },
        }),
      );
      let own = "nothing";
      try {
        await ctx.try("own", async (inner) => {
          await inner.step("work", () => 0);
          throw new RangeError("mine");
        });
      } catch (error) {
        own = (error as Error).name;
      }
      await ctx.sleep("rest", "1h");
      return [good.ok, bad.ok ? "ok" : bad.failure.kind, own];
    },
  },
  {
    name: "versions and removed operations in a new run",
    workflow: async (ctx: WorkflowContext) => {
      const version = await ctx.getVersion("gate", 3);
      await ctx.removed("gone", "step");
      await ctx.step("work", () => 0);
      const inLoop = await ctx.loop<number, number[]>({
        name: "gates",
        state: 0,
        historyPruneInterval: 1,
        historySize: 1,
        run: async (inner, n) => {
          const v = await inner.getVersion("gate", 2);
          await inner.step("work", () => v);
          return n === 2 ? Loop.break([v, n]) : Loop.continue(n + 1);
        },
      });
      await ctx.sleep("rest", "1h");
      return [version, inLoop];
    },
  },
  {
    name: "a join in a race in a loop",
    sameEffects: false,
    workflow: (ctx: WorkflowContext) =>
      ctx.loop<number, unknown>({
        name: "rounds",
        state: 0,
        historyPruneInterval: 2,
        historySize: 1,
        run: async (round, n) => {
          const won = await round.race<unknown>("race", [
            {
              name: "join",
              run: (branch) =>
                branch.join("both", {
                  a: { run: (leaf) => leaf.step("work", () => n) },
                  b: { run: (leaf) => leaf.sleep("nap", "1m").then(() => "b") },
                }),
            },
            {
              name: "deadline",
              run: (branch) => branch.sleep("limit", n === 1 ? "10s" : "1h").then(() => "late"),
            },
          ]);
          return n === 2 ? Loop.break(won) : Loop.continue(n + 1);
        },
      }),
  },
  {
    name: "a loop in each branch of a join",
    workflow: async (ctx: WorkflowContext) => {
      const counting = (to: number) => ({
        run: (branch: WorkflowContext) =>
          branch.loop<number, number>({
            name: "count",
            state: 0,
            historyPruneInterval: 2,
            historySize: 0,
            run: async (inner, n) => {
              await inner.step("work", () => n);
              return n === to ? Loop.break(n) : Loop.continue(n + 1);
            },
          }),
      });
      return ctx.join("loops", { short: counting(1), long: counting(3) });
    },
  },
];
