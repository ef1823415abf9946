import { Loop, RollbackError, type WorkflowContext } from "holdfast";
import { CrashTestError, crashEverywhere } from "holdfast/testing";
import { describe, expect, it } from "vitest";

const copied = async (ctx: WorkflowContext, name: string) => ctx.step("copy", () => name);

describe("crashEverywhere", () => {
  it("finds a variable that a finished block has changed, and says what to look for", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const names: string[] = [];
      await ctx.map("files", ["a", "b"], async (ctx, name) => {
        names.push(await copied(ctx, name));
      });
      await ctx.step("publish", () => {});
      return names;
    };
    const failure: unknown = await crashEverywhere({ name: "copies", workflow }).catch((error) => error);
    expect(failure).toBeInstanceOf(CrashTestError);
    const { message } = failure as CrashTestError;
    expect(message).toMatch(/crash-\w+ at operation \d+ of the storage/);
    expect(message).toContain('completed: []\n  instead of\n    completed: ["a","b"]');
    expect(message).toContain("a variable that a block changes");
  });

  it("has nothing to say of the same workflow that collects results and carries sums in the state", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const names = await ctx.map("files", ["a", "b"], copied);
      const bytes = await ctx.loop({
        name: "sizes",
        state: { next: 0, bytes: 0 },
        run: async (ctx, { next, bytes }) => {
          const name = names[next];
          if (name === undefined) return Loop.break(bytes);
          const size = await ctx.step("size", () => name.length);
          return Loop.continue({ next: next + 1, bytes: bytes + size });
        },
      });
      await ctx.step("publish", () => {});
      return { names, bytes };
    };
    const { cases } = await crashEverywhere({ name: "copies", workflow });
    expect(cases).toBeGreaterThan(20);
  });

  it("has nothing to say of a workflow that draws what decides how it goes on, and gives it out", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const drawn = [ctx.uuid(), ctx.random()];
      for (let tossed = 0; ctx.random() < 0.5; tossed++) await ctx.step(`toss ${tossed}`, () => tossed);
      const inside = await ctx.join("inside", { branch: { run: async (ctx) => ctx.uuid() } });
      return { drawn, inside };
    };
    await crashEverywhere({ name: "draws", workflow }, { double: true });
  });

  it("does not ask a rollback for what is behind a handler that fails for good", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      const undo = (run: () => void) => ({ run, maxRetries: 0 });
      await ctx.step({ name: "left", run: () => {}, rollback: undo(() => {}) });
      const fails = undo(() => {
        throw new Error("stuck");
      });
      await ctx.step({ name: "stuck", run: () => {}, rollback: fails });
      await ctx.step({ name: "undone", run: () => {}, rollback: undo(() => {}) });
      throw new RollbackError("undo all");
    };
    const { cases } = await crashEverywhere({ name: "stuck", workflow });
    expect(cases).toBeGreaterThan(10);
  });
});
