import { defineWorkflow, type WorkflowContext } from "holdfast";
import { describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { Gate, virtualStore } from "../host/host-on-virtual-clock.ts";

/** What waits for 60 seconds beside a step that the first process does not finish. */
const waits: Readonly<Record<string, (ctx: WorkflowContext) => Promise<unknown>>> = {
  "a sleep": (ctx) => ctx.sleep("wait", "60s"),
  "the timeout of a queue wait": (ctx) => ctx.listenWithTimeout("wait", "never-sent", "60s"),
  "a sleep in a branch": (ctx) => ctx.join("j", { a: { run: (inner) => inner.sleep("wait", "60s") } }),
};

describe.each(Object.keys(waits))("%s beside a step", (kind) => {
  it("keeps its deadline when the process ends before the step", async () => {
    const at = virtualStore();
    const gate = new Gate();
    const workflow = defineWorkflow({
      name: "waits",
      run: async (ctx) => {
        const waiting = waits[kind]?.(ctx);
        await ctx.step({ name: "long", timeout: 0, run: () => gate.passed });
        await waiting;
        return at.clock.now();
      },
    });
    const startedAt = at.clock.now();
    const first = await at.host({ workflows: [workflow] });
    await first.start(workflow, { workflowId: "run" });
    await at.clock.advance(50_000);
    await at.clock.settle(first.stop({ timeoutMs: 0 }));
    gate.open();
    const second = await at.host({ workflows: [workflow] });
    expect(await at.clock.settle(second.handle("run").result())).toBe(startedAt + 60_000);
  });
});

describe("the time that a run may take", () => {
  const limits = { runTimeMs: 1_000 };
  /** What a run may be doing when its time is over. */
  const doings: Readonly<Record<string, (ctx: WorkflowContext) => Promise<unknown>>> = {
    "waits for a message": (ctx) => ctx.listen("wait", "never-sent"),
    sleeps: (ctx) => ctx.sleep("wait", "1h"),
    "runs a step": (ctx) => ctx.step({ name: "s", timeout: 0, run: () => new Promise<never>(() => {}) }),
    "waits for a promise of its own": () => new Promise<never>(() => {}),
  };

  it.each(Object.keys(doings))("is over in time for a run that %s", async (doing) => {
    const at = virtualStore();
    const workflow = defineWorkflow({ name: "w", run: async (ctx) => doings[doing]?.(ctx) });
    const host = await at.host({ workflows: [workflow], limits });
    const startedAt = at.clock.now();
    const handle = await host.start(workflow, { workflowId: "run" });
    await expect(at.clock.settle(handle.result())).rejects.toMatchObject({
      code: "LIMIT",
      limit: "runTimeMs",
    });
    expect(at.clock.now() - startedAt).toBe(1_000);
  });

  it("puts no run to sleep that waits for a promise of its own", async () => {
    const lab = new EngineLab();
    const workflow = async (ctx: WorkflowContext) => {
      await lab.clock.sleep(100);
      return ctx.step("after", () => "done");
    };
    expect(await lab.run(workflow, { limits })).toEqual({ state: "completed", output: "done" });
  });

  it("is over for a run that is only looked at later", async () => {
    const lab = new EngineLab();
    const workflow = (ctx: WorkflowContext) => ctx.listen("wait", "never-sent");
    expect((await lab.run(workflow, { limits })).sleepUntil).toBe(lab.clock.now() + 1_000);
    await lab.clock.advance(5_000);
    expect(await lab.failure(workflow, { limits })).toMatchObject({ limit: "runTimeMs", actual: 5_000 });
  });

  it("is that of a fork, whose source had its own", async () => {
    const at = virtualStore();
    const workflow = defineWorkflow({
      name: "w",
      run: async (ctx) => {
        await ctx.step("s", () => 1);
        await ctx.sleep("half", 500);
        const heard = await ctx.listenWithTimeout(
          "wait",
          "never-sent",
          ctx.workflowId === "second" ? 0 : "1h",
        );
        return [heard, ctx.now()];
      },
    });
    const host = await at.host({ workflows: [workflow], limits, cacheSize: 0 });
    const source = await host.start(workflow, { workflowId: "source" });
    await expect(at.clock.settle(source.result())).rejects.toMatchObject({ limit: "runTimeMs" });
    await at.clock.advance("1d");
    const forkedAt = at.clock.now();
    const first = await source.fork({ from: "half", workflowId: "first" });
    await expect(at.clock.settle(first.result())).rejects.toMatchObject({
      limit: "runTimeMs",
      actual: 1_000,
    });
    expect(at.clock.now()).toBe(forkedAt + 1_000);
    const second = await first.fork({ from: "half", workflowId: "second" });
    expect(await at.clock.settle(second.result())).toEqual([null, forkedAt + 1_500]);
  });
});
