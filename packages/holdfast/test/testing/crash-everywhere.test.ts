import { Loop, type WorkflowContext } from "holdfast";
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
});
