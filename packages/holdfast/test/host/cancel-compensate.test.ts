import { createClient, defineWorkflow, type WorkflowDefinition } from "holdfast";
import { expect, it } from "vitest";
import { reaches, virtualStore } from "./host-on-virtual-clock.ts";

/** Two steps before a wait; the second has a handler in newer code only. */
function order(undone: string[], { newer }: { readonly newer: boolean }): WorkflowDefinition {
  const undo = (name: string) => ({ rollback: () => void undone.push(name) });
  return defineWorkflow({
    name: "order",
    run: async (ctx) => {
      await ctx.rollbackCheckpoint("checkpoint");
      await ctx.step({ name: "first", run: () => 1, ...undo("first") });
      await ctx.step({ name: "second", run: () => 2, ...(newer ? undo("second") : {}) });
      await ctx.listen("wait", "go");
    },
  }) as WorkflowDefinition;
}

it("undoes what newer code has handlers for, if the run is cancelled before that has seen it", async () => {
  const { host, clock, store } = virtualStore();
  const undone: string[] = [];
  const old = await host({ workflows: [order(undone, { newer: false })] });
  const handle = await old.start("order", { workflowId: "a" });
  await reaches(clock, handle, "sleeping");
  await clock.settle(old.stop());
  const client = createClient({ store, clock, scheduler: clock.scheduler });
  expect(await clock.settle(client.handle("a").cancel({ compensate: true }))).toEqual({ cancelled: true });
  await host({ workflows: [order(undone, { newer: true })] });
  await reaches(clock, client.handle("a"), "cancelled");
  expect(undone).toEqual(["second", "first"]);
});
