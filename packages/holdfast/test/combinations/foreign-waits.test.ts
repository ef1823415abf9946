import { defineWorkflow, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { Gate, virtualStore } from "../host/host-on-virtual-clock.ts";
import { diskFull, interceptedStore } from "../host/intercepted-store.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** Code that waits for a promise that nobody ever settles, between two steps. */
describe.each([
  { when: "the history has no more for it", recorded: false },
  { when: "the history has more for it", recorded: true },
])("a run that waits for a promise of its own while $when", ({ recorded }) => {
  let stuck = false;
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.step("first", () => 1);
    if (stuck) await new Promise(() => {});
    await ctx.step("second", () => 2);
    return ctx.listen("wait", "message");
  };

  beforeEach(async () => {
    stuck = false;
    if (recorded) await lab.run(workflow);
    stuck = true;
  });

  it("can be paused, and goes on when it is resumed under code that does not", async () => {
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(10);
    await lab.clock.settle(handle.pause());
    expect(await handle.getState()).toBe("paused");
    stuck = false;
    await handle.resume();
    await handle.send("message", 3);
    expect((await lab.clock.settle(handle.result)).output).toBe(3);
  });

  it("can be cancelled", async () => {
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(10);
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
  });

  it("fails when its time is over", async () => {
    const failure = await lab.failure(workflow, { limits: { runTimeMs: 60_000 } });
    expect(failure).toMatchObject({ code: "LIMIT", limit: "runTimeMs" });
  });
});

describe("code that waits for a promise of its own between recorded steps", () => {
  const strand = async (ctx: WorkflowContext, calls: string[]) => {
    for (const name of ["a", "b", "c"]) {
      await ctx.step({ name, run: () => calls.push(name), rollback: () => calls.push(`un-${name}`) });
      await lab.clock.sleep(20);
    }
  };

  it("fits its history though something beside it waits for the engine", async () => {
    const calls: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      await Promise.all([strand(ctx, calls), ctx.listen("wait", "message")]);
      return "ended";
    };
    const first = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(100);
    await first.evict();
    const second = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(100);
    await second.send("message");
    expect(await lab.clock.settle(second.result)).toMatchObject({ output: "ended" });
    expect(calls).toEqual(["a", "b", "c"]);
  });

  it.each([
    { fails: "the strand itself", beside: undefined },
    { fails: "what is beside it", beside: "message" },
  ])("is rolled back when $fails fails", async ({ beside }) => {
    const calls: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      const fails = async () => {
        await (beside === undefined ? strand(ctx, calls) : ctx.listen("wait", beside));
        throw new Error("the workflow fails");
      };
      await Promise.all([fails(), ...(beside === undefined ? [] : [strand(ctx, calls)])]);
    };
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(100);
    if (beside !== undefined) await handle.send(beside);
    await expect(lab.clock.settle(handle.result)).rejects.toThrow("the workflow fails");
    expect(calls).toEqual(["a", "b", "c", "un-c", "un-b", "un-a"]);
  });
});

describe("a parked run whose code waited for a promise of its own beside a timer", () => {
  it.each([
    { andThen: "asks for something", goesOn: (ctx: WorkflowContext) => ctx.step("after", () => "soon") },
    { andThen: "returns", goesOn: () => "soon" },
  ])("is woken when that settles and the code $andThen", async ({ goesOn }) => {
    const at = virtualStore();
    const workflow = defineWorkflow({
      name: "impatient",
      run: async (ctx) => {
        await Promise.race([ctx.sleep("long", "1h"), at.clock.sleep(50)]);
        return goesOn(ctx);
      },
    });
    const host = await at.host({ workflows: [workflow] });
    const startedAt = at.clock.now();
    const handle = await host.start(workflow, { workflowId: "run" });
    expect(await at.clock.settle(handle.result())).toBe("soon");
    expect(at.clock.now() - startedAt).toBe(50);
  });

  it("is woken when the storage is back that failed just then", async () => {
    const at = virtualStore();
    const out = { from: at.clock.now() + 40, to: at.clock.now() + 60_000 };
    const store = interceptedStore(at.store, async (method, go) => {
      const now = at.clock.now();
      if (method === "request" && now >= out.from && now < out.to) throw diskFull();
      return go();
    });
    const workflow = defineWorkflow({
      name: "impatient",
      run: async (ctx) => {
        await Promise.race([ctx.sleep("long", "30d"), at.clock.sleep(50)]);
        return "soon";
      },
    });
    const host = await at.host({ workflows: [workflow], store });
    const handle = await host.start(workflow, { workflowId: "run" });
    expect(await at.clock.settle(handle.result(), "2m")).toBe("soon");
  });

  it("goes on at once without a host, when that settles while it is being parked", async () => {
    const lab = new EngineLab();
    const own = new Gate();
    const driver = interceptedStore(lab.storage, async (method, go) => {
      const done = await go();
      if (method === "commit") {
        own.open();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return done;
    });
    const workflow = async (ctx: WorkflowContext) => {
      await Promise.race([ctx.sleep("long", "1h"), own.passed]);
      return "soon";
    };
    expect(await lab.run(workflow, { driver })).toEqual({ state: "completed", output: "soon" });
  });
});

it("a block that a rollback enters is not held up by a message that the code behind it has left unanswered", async () => {
  const lab = new EngineLab();
  const undone: string[] = [];
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.rollbackCheckpoint("checkpoint");
    await ctx.try("block", async (inner) => {
      await lab.clock.sleep(1);
      await inner.listenWithTimeout("early", "order", 0);
      await inner.step({ name: "charge", run: () => 1, rollback: () => void undone.push("charge") });
    });
    await ctx.queue.next("late", { names: ["order"], completable: true });
    throw new Error("no stock");
  };
  const handle = lab.start(workflow, { mode: "live" });
  handle.result.catch(() => {});
  await lab.clock.advance(1_000);
  await lab.clock.settle(handle.send("order"));
  await expect(lab.clock.settle(handle.result)).rejects.toMatchObject({ message: "no stock" });
  expect([await handle.getState(), undone]).toEqual(["failed", ["charge"]]);
});

describe("code that waits for a promise of its own again and again, for more than a second in all,", () => {
  const slowly = async (ctx: WorkflowContext, undone: number[] = []) => {
    for (const i of [1, 2, 3, 4, 5]) {
      await lab.clock.sleep(400);
      await ctx.step({ name: `step-${i}`, run: () => i, rollback: () => void undone.push(i) });
    }
  };

  it("is replayed beside code that waits for the engine", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("checkpoint");
      await ctx.join("both", {
        sleeps: { run: (inner) => inner.sleep("sleep", "1h") },
        goesOn: { run: async (inner) => [await slowly(inner), await inner.sleep("sleep", "2h")] },
      });
      return "done";
    };
    const first = lab.start(workflow, { mode: "live" });
    await lab.clock.advance("10m");
    await lab.clock.settle(first.evict());
    const second = lab.start(workflow, { mode: "live" });
    expect(await lab.clock.settle(second.result)).toMatchObject({ output: "done" });
  });

  it("is undone", async () => {
    const undone: number[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("checkpoint");
      await slowly(ctx, undone);
      throw new Error("no stock");
    };
    const handle = lab.start(workflow, { mode: "live" });
    await expect(lab.clock.settle(handle.result)).rejects.toMatchObject({ message: "no stock" });
    expect(undone).toEqual([5, 4, 3, 2, 1]);
  });
});
