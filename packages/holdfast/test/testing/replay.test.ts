import { InvalidArgumentError } from "holdfast";
import { replay } from "holdfast/testing";
import { beforeEach, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";

const named = (run: (ctx: WorkflowContext) => Promise<unknown>) => ({ name: "workflow", run });

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

it("code with a gate at the end fits a run that ended without it", async () => {
  const code = (gated: boolean) =>
    named(async (ctx) => {
      await ctx.step("a", () => 1);
      if (gated && (await ctx.getVersion("more", 2)) === 2) await ctx.step("b", () => 2);
    });
  await lab.run(code(false));
  const report = await replay(code(true), lab.storage.dump());
  expect(report).toEqual({ workflowId: "run", status: "completed", results: 1 });
});

it("code with a gate on one strand fits a run that failed on another", async () => {
  const code = (gated: boolean) =>
    named(async (ctx) => {
      const newer = async (): Promise<void> => {
        if (gated && (await ctx.getVersion("more", 2)) === 2) await ctx.step("b", () => {});
      };
      await Promise.all([newer(), ctx.sleep("nap", 1_000)]);
      throw new Error("no");
    });
  await lab.run(code(false));
  await lab.clock.advance(1_000);
  expect((await lab.failure(code(false))).message).toBe("no");
  expect((await replay(code(true), lab.storage.dump())).status).toBe("failed");
});

it("a gate of a run that has not ended is answered as by its next pass", async () => {
  const code = (gated: boolean) =>
    named(async (ctx) => {
      await ctx.sleep("nap", 1_000);
      if (gated && (await ctx.getVersion("more", 2)) === 2) await ctx.step("b", () => 2);
    });
  await lab.run(code(false));
  expect((await replay(code(true), lab.storage.dump())).status).toBe("sleeping");
});

it("new code without a gate does not fit a run that ended without it", async () => {
  await lab.run(named((ctx) => ctx.step("a", () => 1)));
  const longer = named(async (ctx) => {
    await ctx.step("a", () => 1);
    await ctx.step("b", () => 2);
  });
  await expect(replay(longer, lab.storage.dump())).rejects.toMatchObject({ name: "HistoryDivergedError" });
});

it.each([{}, null, { row: { workflowId: "a" } }])(
  "what is no dump of a run (%j) is refused as such",
  async (run) => {
    const recorded = { nextKey: 1, runs: [run] } as never;
    await expect(replay(async () => {}, recorded)).rejects.toThrow(InvalidArgumentError);
  },
);
