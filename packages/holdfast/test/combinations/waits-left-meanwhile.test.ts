import { defineWorkflow, type MessageBodies, type Schema, type WorkflowContext } from "holdfast";
import { describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { Gate, virtualStore } from "../host/host-on-virtual-clock.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

/** A wait for `a` that is left when a promise of the code's own settles. */
function waitUntil(ctx: WorkflowContext<MessageBodies>, own: Promise<void>): Promise<unknown> {
  return ctx.race("race", [
    { name: "message", run: (inner) => inner.listen("left", "a") },
    { name: "own", run: () => own },
  ]);
}

async function someTurns(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
}

describe("a wait that code leaves by a promise of its own", () => {
  it("gives back its message before another one receives a younger message", async () => {
    const lab = new EngineLab();
    const own = new Gate();
    let isReceived = false;
    const a: Schema<unknown, number> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value) => {
          if (isReceived && value === 2) {
            own.open();
            await someTurns();
          }
          return { value: value as number };
        },
      },
    };
    const workflow = defineWorkflow({
      name: "waits",
      messages: { a },
      run: async (ctx) => {
        const left = waitUntil(ctx as never, own.passed);
        const received = [await ctx.listen("first", "a"), await ctx.listen("second", "a")];
        await left;
        return received;
      },
    });
    const handle = lab.start(workflow as never, { mode: "live" });
    await lab.clock.settle(Promise.all([handle.send("a", 1), handle.send("a", 2)]));
    isReceived = true;
    expect((await lab.clock.settle(handle.result)).output).toEqual([1, 2]);
  });

  it("makes room for one that receives the oldest message, though a younger one is just arriving", async () => {
    const { clock, store, host } = virtualStore();
    const own = new Gate();
    let sent = 0;
    const slow = interceptedStore(store, async (method, go) => {
      const queued = await go();
      if (method === "enqueue" && sent > 0) {
        own.open();
        await someTurns();
      }
      return queued;
    });
    const workflow = defineWorkflow({
      name: "waits",
      run: async (ctx) => {
        await waitUntil(ctx, own.passed);
        const one = await ctx.queue.next("first", { names: ["a", "b"] });
        const other = await ctx.queue.next("second", { names: ["a", "b"] });
        return [one.body, other.body];
      },
    });
    const running = await host({ workflows: [workflow], store: slow });
    const handle = await running.start(workflow, { workflowId: "waits" });
    await clock.advance(100);
    await clock.settle(handle.send("b", "older"));
    sent += 1;
    await clock.settle(handle.send("a", "younger"));
    expect(await clock.settle(handle.result())).toEqual(["older", "younger"]);
  });
});
