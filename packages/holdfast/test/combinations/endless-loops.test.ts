import { createHost, defineWorkflow, Loop, type WorkflowContext } from "holdfast";
import { memoryStore } from "holdfast/memory";
import { expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

/** A loop that asks for nothing, and so never ends its turn. */
const endless = (ctx: WorkflowContext) => ctx.loop("endless", async () => {});

it("a loop that asks for nothing can be evicted and cancelled", async () => {
  const lab = new EngineLab();
  const handle = lab.start(endless, { mode: "live" });
  await handle.evict();
  expect(await handle.result).toEqual({ state: "evicted" });
  expect(await lab.start(endless, { mode: "live" }).cancel()).toEqual({ cancelled: true });
});

it("a loop that asks for nothing holds up no other run of its host, nor the host's stop", async () => {
  const step = defineWorkflow({ name: "step", run: (ctx) => ctx.step("s", () => 1) });
  const spin = defineWorkflow({ name: "endless", run: endless });
  const host = await createHost({ store: memoryStore(), workflows: [step, spin] });
  const spinning = await host.start(spin);
  const handle = await host.start(step);
  expect(await handle.result()).toBe(1);
  expect(await spinning.getState()).toBe("running");
  await host.stop({ timeoutMs: 20 });
});

it("a loop with many iterations that ask for nothing gives what it counts", async () => {
  const lab = new EngineLab();
  const count = async (ctx: WorkflowContext) => {
    const state = 0;
    const run = async (_: WorkflowContext, n: number) => (n < 5_000 ? Loop.continue(n + 1) : Loop.break(n));
    return [await ctx.loop({ name: "count", state, run }), await ctx.step("s", () => "after")];
  };
  expect((await lab.run(count)).output).toEqual([5_000, "after"]);
});
