import { Loop } from "holdfast";
import type { WorkflowContext } from "../../src/model/context.ts";
import { RollbackError } from "../../src/model/errors/step-errors.ts";
import type { CrashProgram } from "../../src/testing/crash-program.ts";
import { stoppedFromBeside } from "./programs-blocks.ts";

type Handler = () => unknown;
const undone: Handler = () => {};

/** A step that can be undone. */
function undoable(
  ctx: WorkflowContext,
  name: string,
  rollback: (ctx: { attempt: number }, result: string) => unknown = undone,
) {
  return ctx.step({ name, run: () => `did ${name}`, rollback });
}

/** Programs that fail and are rolled back. */
export const rollbackPrograms: readonly CrashProgram[] = [
  {
    name: "rollback of a sequence",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.step("before", () => 0);
      await ctx.rollbackCheckpoint("from here");
      await undoable(ctx, "a");
      await undoable(ctx, "b");
      await ctx.step("no handler", () => 0);
      await undoable(ctx, "c");
      throw new Error("the workflow fails");
    },
  },
  {
    name: "rollback of a loop that was told to stop by what ran beside it",
    workflow: async (ctx: WorkflowContext) => {
      await stoppedFromBeside(ctx);
      throw new Error("the workflow fails");
    },
  },
  {
    name: "rollback by a step, with handlers that are retried soon and late",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.step({
        name: "a",
        run: () => 1,
        rollback: {
          retryBackoffBase: "1h",
          run: ({ attempt }) => {
            if (attempt < 3) throw new Error("not yet");
          },
        },
      });
      await undoable(ctx, "b", ({ attempt }) => {
        if (attempt < 3) throw new Error("not yet");
      });
      await ctx.step("decide", () => {
        throw new RollbackError("roll back");
      });
    },
  },
  {
    name: "a handler that fails for good",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await undoable(ctx, "a");
      await ctx.step({
        name: "b",
        run: () => 1,
        rollback: {
          maxRetries: 1,
          run: () => {
            throw new Error("cannot be undone");
          },
        },
      });
      throw new Error("the workflow fails");
    },
  },
  {
    name: "rollback of finished and failed joins",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.join("finished", {
        x: { run: (branch) => undoable(branch, "work") },
        y: {
          run: async (branch) => {
            await branch.sleep("nap", "1m");
            return undoable(branch, "work");
          },
        },
      });
      await undoable(ctx, "between");
      await ctx.join("failed", {
        good: { run: (branch) => undoable(branch, "work") },
        bad: {
          run: async (branch) => {
            await undoable(branch, "work");
            throw new Error("bad");
          },
        },
      });
    },
  },
  {
    name: "rollback of a race's winner and loser",
    sameEffects: false,
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.race<string>("race", [
        {
          name: "winner",
          run: async (branch) => {
            await branch.sleep("short", "1m");
            return undoable(branch, "work");
          },
        },
        {
          name: "loser",
          run: async (branch) => {
            await undoable(branch, "work");
            await branch.sleep("long", "1h");
            return undoable(branch, "never");
          },
        },
      ]);
      await undoable(ctx, "after");
      throw new Error("the workflow fails");
    },
  },
  {
    name: "rollback of a loop that was pruned",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.loop<number, void>({
        name: "rounds",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, n) => {
          await inner.step("plain", () => n);
          if (n % 2 === 0) await undoable(inner, "armed");
          if (n === 4) throw new Error("the fifth fails");
          return Loop.continue(n + 1);
        },
      });
    },
  },
  {
    name: "rollback of a finished loop, nested in a loop",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.loop<number, void>({
        name: "outer",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (outer, i) => {
          await outer.loop<number, void>({
            name: "inner",
            state: 0,
            historyPruneInterval: 1,
            historySize: 0,
            run: async (inner, j) => {
              if (j === 1) await undoable(inner, "armed");
              return j === 2 ? Loop.break() : Loop.continue(j + 1);
            },
          });
          return i === 1 ? Loop.break() : Loop.continue(i + 1);
        },
      });
      await undoable(ctx, "after");
      throw new Error("the workflow fails");
    },
  },
  {
    name: "rollback of steps inside try, caught and not",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.try("caught", async (inner) => {
        await undoable(inner, "a");
        await inner.step({
          name: "fails",
          maxRetries: 0,
          run: () => {
            throw new Error("caught");
          },
        });
      });
      await ctx.try("let through", async (inner) => {
        await undoable(inner, "b");
        await inner.step("rolls back", () => {
          throw new RollbackError("not caught");
        });
      });
    },
  },
  {
    name: "rollback of a map",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.map(
        "items",
        [1, 2, 3],
        async (item, n) => {
          await undoable(item, "work");
          if (n === 3) throw new Error("third");
        },
        { concurrency: 2 },
      );
    },
  },
  {
    name: "an armed run that succeeds is not rolled back",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await undoable(ctx, "a");
      await ctx.sleep("rest", "1h");
      return undoable(ctx, "b");
    },
  },
  {
    name: "rollback after messages and timers",
    messages: [{ at: 1_000, name: "m", body: "x" }],
    workflow: async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      const body = await ctx.listen("wait", "m");
      await undoable(ctx, `for ${body as string}`);
      await ctx.sleep("rest", "1h");
      await undoable(ctx, "late");
      await ctx.queue.next("never", { names: ["m"], timeout: "1m" });
    },
  },
];
