import { CriticalError, Loop } from "holdfast";
import { crashedAt } from "../crashed-at.ts";
import { pause } from "../pause.ts";
import type { SmokeCase } from "../smoke-case.ts";

const nothing = (): Promise<void> => Promise.resolve();

/** What is entered as a whole: loops, branches, rollback; and the order of results. */
export const blocks: readonly SmokeCase[] = [
  {
    name: "a loop goes on after a crash with its state",
    workflow: (ctx, note) =>
      ctx.loop({
        name: "count",
        state: { sum: 0, n: 0 },
        historyPruneInterval: 4,
        historySize: 2,
        run: async (iteration, { sum, n }) => {
          if (n === 30) return Loop.break(sum);
          const add = await iteration.step("add", () => note(`${n}`, n));
          return Loop.continue({ sum: sum + add, n: n + 1 });
        },
      }),
    play: crashedAt("17"),
    output: 435,
  },
  {
    name: "a join gathers its branches",
    workflow: (ctx) =>
      ctx.join("both", {
        a: { run: (branch) => branch.step("same", () => 1) },
        b: { run: (branch) => branch.sleep("same", 5).then(() => "b") },
      }),
    output: { a: 1, b: "b" },
  },
  {
    name: "a race has one winner, and tells the losers",
    workflow: (ctx, note) =>
      ctx.race("first", [
        { name: "never", run: (branch) => branch.sleep("long", "1d") },
        {
          name: "told",
          run: (branch) =>
            branch.step("wait", ({ signal }) => {
              note("waits");
              return new Promise(() => signal.addEventListener("abort", () => note("told")));
            }),
        },
        { name: "quick", run: (branch) => branch.sleep("short", 10).then(() => 7) },
      ]),
    output: { winner: "quick", value: 7 },
    notes: ["waits", "told"],
  },
  {
    name: "a map bounds what runs at once",
    workflow: async (ctx) => {
      let running = 0;
      let most = 0;
      const squares = await ctx.map(
        "squares",
        [1, 2, 3, 4, 5, 6],
        (item, n) =>
          item.step("square", async () => {
            most = Math.max(most, ++running);
            await pause(2);
            running -= 1;
            return n * n;
          }),
        { concurrency: 2 },
      );
      return [squares, most];
    },
    output: [[1, 4, 9, 16, 25, 36], 2],
  },
  {
    name: "results are handed over one at a time, live and on replay",
    workflow: async (ctx, note) => {
      const order: string[] = [];
      const strand = async (name: string, microtasks: number): Promise<void> => {
        await ctx.step(name, nothing);
        for (let n = 0; n < microtasks; n++) await null;
        order.push(name);
      };
      await Promise.all([strand("a", 100), strand("b", 0), strand("c", 10)]);
      const sleeper = (name: string, ms: number): Promise<string> => ctx.sleep(name, ms).then(() => name);
      const winner = await Promise.race([sleeper("x", 500), sleeper("y", 3)]);
      await ctx.step("last", () => note("last"));
      await ctx.sleep("rest", 10);
      return [...order, winner];
    },
    play: crashedAt("last"),
    output: ["a", "b", "c", "y"],
  },
  {
    name: "a rollback undoes what was done, last first",
    workflow: async (ctx, note) => {
      await ctx.rollbackCheckpoint("from here");
      for (const name of ["a", "b"]) {
        const rollback = (_: unknown, result: string): unknown => note(`undo ${result}`);
        await ctx.step({ name, run: () => note(name, name), rollback });
      }
      await ctx.step("fail", () => Promise.reject(new CriticalError("no")));
    },
    error: "CRITICAL",
    notes: ["a", "b", "undo b", "undo a"],
  },
];
