import { defineWorkflow } from "holdfast";
import { expect, it } from "vitest";
import { reaches, virtualStore } from "./host-on-virtual-clock.ts";
import { interceptedStore } from "./intercepted-store.ts";

it("a run that parks is not lost to its own host, where that claims it before the answer of the commit has come", async () => {
  const world = virtualStore();
  let slowly = false;
  const store = interceptedStore(world.store, async (method, go) => {
    const answer = await go();
    if (slowly && method === "driver.commit") await world.clock.sleep(30);
    return answer;
  });
  let calls = 0;
  const naps = defineWorkflow({
    name: "naps",
    run: async (ctx) => {
      calls += 1;
      for (let nap = 0; nap < 10; nap++) await ctx.sleep(`nap-${nap}`, 5);
      return "rested";
    },
  });
  const host = await world.host({ store, workflows: [naps], pollMs: 10 });
  slowly = true;
  const handle = await host.start(naps, { workflowId: "a" });
  await reaches(world.clock, handle, "completed");
  expect(world.complaints).toEqual([]);
  expect(world.events.filter(({ type }) => type === "fenced")).toEqual([]);
  expect(calls).toBe(1);
});
