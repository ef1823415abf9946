import { createHost, defineWorkflow, type WorkflowContext } from "holdfast";
import { memoryStore } from "holdfast/memory";
import { createTestHost, type TestHost } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Gate, virtualStore } from "../host/host-on-virtual-clock.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

/** What a workflow is given to wait on, and what its bodies have told. */
interface World {
  readonly hour: () => Promise<void>;
  readonly started: string[];
}

type Code = (world: World) => (ctx: WorkflowContext) => Promise<unknown>;

/** Ids of the entries that are stored a second after the start, and their deadlines in ms from then. */
async function storedSoon(code: Code): Promise<{ host: TestHost; stored: unknown[]; started: string[] }> {
  const started: string[] = [];
  const hour = (): Promise<void> => host.clock.sleep("1h");
  const workflow = { name: "workflow", run: (ctx: WorkflowContext) => code({ hour, started })(ctx) };
  const host: TestHost = await createTestHost({ workflows: [workflow] });
  const handle = await host.start(workflow, { workflowId: "run" });
  await host.advance("1s");
  const now = host.clock.now();
  const { entries } = await handle.history();
  return { host, stored: entries.map(({ id, dueAt }) => (dueAt === null ? id : [id, dueAt - now])), started };
}

const beside: Code =
  ({ hour, started }) =>
  async (ctx) => {
    const quick = ctx.step("quick", () => started.push("quick"));
    const slow = ctx.step({
      name: "slow",
      timeout: 0,
      run: () => {
        started.push("slow");
        return hour();
      },
    });
    await quick;
    await Promise.all([ctx.sleep("rest", "2h"), slow]);
  };

describe("what a run has come to is stored soon", () => {
  it("beside a body that goes on, with the deadlines that follow from it: a process that dies does it once", async () => {
    const { host, stored, started } = await storedSoon(beside);
    expect(stored).toEqual(["quick", ["rest", 7_199_000]]);
    const store = memoryStore({ clock: host.clock });
    store.restore(host.store.dump());
    const again = { name: "workflow", run: beside({ hour: async () => {}, started }) };
    const { clock } = host;
    const next = await createHost({ store, workflows: [again], clock, scheduler: clock.scheduler });
    await clock.settle(next.handle("run").result());
    expect(started).toEqual(["quick", "slow", "slow"]);
    await clock.settle(next.stop());
    await host.stop();
  });

  it("where the code waits for a promise of its own", async () => {
    const { host, stored } = await storedSoon(({ hour }) => async (ctx) => {
      await ctx.step("quick", () => {});
      await hour();
    });
    expect(stored).toEqual(["quick"]);
    await host.stop();
  });

  it("while a failed attempt waits in memory for its retry", async () => {
    const { host, stored } = await storedSoon(() => async (ctx) => {
      const failing = { retryBackoffBase: 1_000, maxRetries: 2 };
      await ctx.step("fails", () => Promise.reject(new Error("not now")), failing);
    });
    expect(stored).toEqual([["fails", 2_000]]);
    await host.stop();
  });

  it("while the message that it waits for is being sent by a storage that takes its time", async () => {
    const { clock, store, host } = virtualStore();
    const gate = new Gate();
    const slow = interceptedStore(store, async (method, go) => {
      if (method === "enqueue") await clock.sleep("1h");
      return go();
    });
    const workflow = defineWorkflow({
      name: "waits",
      run: async (ctx) => {
        await ctx.step("quick", () => gate.passed);
        return ctx.listen("wait", "go");
      },
    });
    const running = await host({ workflows: [workflow], store: slow });
    const handle = await running.start(workflow, { workflowId: "run" });
    await clock.advance(10);
    const sent = handle.send("go", "gone");
    await clock.advance(10);
    gate.open();
    await clock.advance(200);
    expect((await handle.history()).entries.map(({ id }) => id)).toEqual(["quick", "wait"]);
    await clock.settle(sent);
    expect(await clock.settle(handle.result())).toBe("gone");
  });

  it("but not for the sake of ephemeral results, whose bodies may run again", async () => {
    const { host, stored } = await storedSoon(({ hour }) => async (ctx) => {
      await Promise.all([
        ctx.step("quick", () => {}, { ephemeral: true }),
        ctx.step("slow", hour, { timeout: 0, ephemeral: true }),
      ]);
    });
    expect(stored).toEqual([]);
    await host.stop();
  });

  it("and those that come within a tenth of a second share a commit", async () => {
    const commits: number[] = [];
    const workflow = {
      name: "workflow",
      run: async (ctx: WorkflowContext) => {
        const after = (ms: number) => ctx.step(`after ${ms}`, () => host.clock.sleep(ms));
        await Promise.all([0, 30, 60, 90, 500].map(after));
      },
    };
    const host: TestHost = await createTestHost({
      workflows: [workflow],
      now: 0,
      observers: [({ type, at }) => type === "commit" && commits.push(at)],
    });
    const handle = await host.start(workflow, { workflowId: "run" });
    await host.settle(handle.result());
    expect(commits).toEqual([100, 500]);
    await host.stop();
  });
});
