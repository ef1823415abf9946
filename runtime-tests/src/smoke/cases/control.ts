import { createClient, createHost, type WorkflowContext } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import type { SmokeCase } from "../smoke-case.ts";

/** What is done to a run from outside. */
export const control: readonly SmokeCase[] = [
  {
    name: "cancel ends a run for good, and tells its step",
    workflow: (ctx, note) =>
      ctx.step("endless", ({ signal }) => {
        note("begun");
        return new Promise(() => signal.addEventListener("abort", () => note(`${signal.reason.code}`)));
      }),
    play: async (run) => {
      const { result } = run.start();
      await run.noted("begun");
      await run.handle.cancel();
      const late = await run.handle.send("late").catch((error: { code: string }) => error.code);
      return [(await result).state, await run.handle.cancel(), late];
    },
    output: ["cancelled", { cancelled: false, state: "cancelled" }, "RUN_FINISHED"],
    notes: ["begun", "RUN_CANCELLED"],
  },
  {
    name: "a run is paused and resumed",
    workflow: (ctx) => ctx.listen("go", "go"),
    play: async (run) => {
      const first = run.start().result.catch((error: { code: string }) => error.code);
      await run.stands("sleeping");
      await run.handle.pause();
      await run.handle.send("go", 5);
      const state = await run.handle.getState();
      await run.handle.resume();
      return [await first, state, (await run.handle.result).output];
    },
    output: ["RUN_PAUSED", "paused", 5],
  },
  {
    name: "a run is rewound, and forked to another storage",
    workflow: async (ctx, note) => {
      await ctx.step("a", () => note("a"));
      await ctx.step("b", () => note("b"));
    },
    play: async (run) => {
      await run.start().result;
      const driver = memoryDriver({ workflowId: "copy" });
      await run.handle.fork({ from: "b", workflowId: "copy", driver });
      const entries = (await driver.load())?.entries.length ?? 0;
      await run.handle.rewind({ to: "b" });
      await run.handle.result;
      return entries > 0;
    },
    output: true,
    notes: ["a", "b", "b"],
  },
  {
    name: "a host runs the runs of a store",
    needsStore: true,
    workflow: async () => null,
    play: async ({ storage, note }) => {
      const store = storage.store?.();
      if (store === undefined) throw new Error("This storage has no store.");
      const greet = {
        name: "greet",
        run: async (ctx: WorkflowContext, name: string) => {
          await ctx.sleep("rest", 10);
          return `${await ctx.step("greet", () => note("greet", "hello"))} ${await ctx.listen("who", "who")} ${name}`;
        },
      };
      const host = await createHost({ store, workflows: [greet] });
      const started = await host.start(greet, { workflowId: "greet-1", input: "friend" });
      const handle = createClient({ store }).handle("greet-1", greet);
      await handle.send("who", "dear");
      const said = await started.result();
      await host.stop();
      await store.close();
      return said;
    },
    output: "hello dear friend",
    notes: ["greet"],
  },
];
