import { FailureUnawaitedError, type WorkflowContext } from "holdfast";
import { describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

const failing = { name: "pay", maxRetries: 0, run: () => Promise.reject(new Error("card declined")) };

const live = { mode: "live" } as const;

describe("a failure that nobody awaits", () => {
  it("fails the workflow that returns without looking at it", async () => {
    const error = await new EngineLab().failure(async (ctx: WorkflowContext) => {
      void ctx.step(failing);
      await ctx.sleep("a while", 1_000);
      return "paid!";
    }, live);
    expect(error).toBeInstanceOf(FailureUnawaitedError);
    expect(error.message).toContain('"pay" failed');
    expect(error.message).toContain("card declined");
  });

  it("fails the branch that returns without looking at it", async () => {
    const error = await new EngineLab().failure(
      async (ctx: WorkflowContext) =>
        ctx.join("join", {
          a: {
            run: async (branch) => {
              void branch.step(failing);
              await branch.sleep("a while", 1_000);
            },
          },
        }),
      live,
    );
    expect(error.message).toContain("join/~a/pay");
  });

  it.each<[string, (ctx: WorkflowContext) => unknown]>([
    ["a wait that timed out", (ctx) => ctx.queue.next("pay", { names: ["paid"], timeout: 10 })],
    ["a tryStep whose kind of failure throws", (ctx) => ctx.tryStep({ ...failing, catch: ["timeout"] })],
  ])("fails the workflow also where it is that of %s", async (_, forget) => {
    const error = await new EngineLab().failure(async (ctx: WorkflowContext) => {
      void forget(ctx);
      await ctx.sleep("a while", 1_000);
    }, live);
    expect(error).toBeInstanceOf(FailureUnawaitedError);
    expect(error.message).toContain('"pay" failed');
  });

  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>]>([
    [
      "a step that ended in the instant of the last turn",
      async (ctx) => {
        void ctx.step(failing);
        await ctx.step("last", () => {});
      },
    ],
    [
      "an answer that cannot be stored",
      async (ctx) => {
        await ctx.queue.send("ask", null);
        const message = await ctx.queue.next("question", { names: ["ask"], completable: true });
        void message.complete(() => {});
      },
    ],
    [
      "a send that leaves with the end of the run",
      async (ctx) => void ctx.queue.send("m", 1, { to: "nobody" }),
    ],
  ])("fails the workflow also where it had no turn left: %s", async (_, run) => {
    const lab = new EngineLab();
    const error = await lab.failure(run, live);
    expect(error).toBeInstanceOf(FailureUnawaitedError);
    expect(await lab.start(run).getState()).toBe("failed");
    expect(await lab.start(run).getOutput()).toBeUndefined();
  });

  it("is none when it comes as data", async () => {
    const result = await new EngineLab().run(async (ctx: WorkflowContext) => {
      void ctx.tryStep(failing);
      await ctx.sleep("a while", 1_000);
      return "done";
    }, live);
    expect(result.output).toBe("done");
  });

  it("is none when it is looked at late, caught, or part of a Promise.allSettled", async () => {
    const result = await new EngineLab().run(async (ctx: WorkflowContext) => {
      const late = ctx.step(failing);
      await ctx.sleep("a while", 1_000);
      const caught = await late.catch((error: Error) => error.name);
      const [settled] = await Promise.allSettled([ctx.step({ ...failing, name: "again" })]);
      return [caught, settled.status];
    }, live);
    expect(result.output).toEqual(["StepExhaustedError", "rejected"]);
  });
});
