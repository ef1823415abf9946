import { type Client, createClient, defineWorkflow, type WorkflowDefinition } from "holdfast";
import { describe, expect, it } from "vitest";
import { Gate, reaches, type VirtualStore, virtualStore } from "./host-on-virtual-clock.ts";
import { interceptedStore } from "./intercepted-store.ts";

const clientOf = ({ store, clock }: Pick<VirtualStore, "store" | "clock">): Client =>
  createClient({ store, clock, scheduler: clock.scheduler });

/** A charge that has been made and a body that still runs beside it: no commit has stored the charge yet. */
function charging(undone: string[]): WorkflowDefinition {
  return defineWorkflow({
    name: "charging",
    run: async (ctx) => {
      await ctx.rollbackCheckpoint("checkpoint");
      await Promise.all([
        ctx.step({ name: "charge", run: () => "charged", rollback: (_, charge) => void undone.push(charge) }),
        ctx.step({ name: "slow", timeout: 0, run: () => new Gate().passed }),
      ]);
    },
  }) as WorkflowDefinition;
}

describe("a cancel with compensation undoes what a step has come to that no commit has stored", () => {
  it("in this process", async () => {
    const { host, clock, store } = virtualStore();
    const undone: string[] = [];
    const running = await host({ workflows: [charging(undone)] });
    const handle = await running.start("charging", { workflowId: "a" });
    await clock.runUntilIdle();
    const { epoch } = (await store.get("a")) ?? {};
    expect(await clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
    await reaches(clock, handle, "cancelled");
    expect(undone).toEqual(["charged"]);
    expect((await store.get("a"))?.epoch).toBe(epoch);
  });

  it("in another process, which is asked by its next renewal", async () => {
    const world = virtualStore();
    const { host, clock } = world;
    const undone: string[] = [];
    const running = await host({ workflows: [charging(undone)], leaseMs: 3_000 });
    await running.start("charging", { workflowId: "a" });
    await clock.runUntilIdle();
    const handle = clientOf(world).handle("a");
    const before = clock.now();
    expect(await clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
    expect(clock.now() - before).toBeLessThan(3_000);
    await reaches(clock, handle, "cancelled");
    expect(undone).toEqual(["charged"]);
  });
});

it("undoes what a step has come to, though its result is still being encoded", async () => {
  const { host, clock } = virtualStore();
  const undone: string[] = [];
  const encoding = new Gate();
  const ended = new Gate();
  const codec = {
    encode: async (value: unknown) => {
      if (value === "charged") {
        ended.open();
        await encoding.passed;
      }
      return new TextEncoder().encode(JSON.stringify(value ?? null));
    },
    decode: async (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)),
  };
  const running = await host({ workflows: [charging(undone)], codec });
  const handle = await running.start("charging", { workflowId: "a" });
  await clock.settle(ended.passed);
  const cancelled = handle.cancel({ compensate: true });
  await clock.runUntilIdle();
  encoding.open();
  expect(await clock.settle(cancelled)).toEqual({ cancelled: true });
  await reaches(clock, handle, "cancelled");
  expect(undone).toEqual(["charged"]);
});

it("keeps nothing of a step that ends while the cancel is being stored", async () => {
  const world = virtualStore();
  const { clock } = world;
  const undone: string[] = [];
  const late = new Gate();
  const workflow = defineWorkflow({
    name: "work",
    run: async (ctx) => {
      await ctx.rollbackCheckpoint("checkpoint");
      await Promise.all([
        ctx.step({ name: "charge", run: () => 1, rollback: () => void undone.push("charge") }),
        ctx.step({ name: "late", run: () => late.passed, rollback: () => void undone.push("late") }),
      ]);
    },
  });
  let cancelling = false;
  const store = interceptedStore(world.store, async (method, go) => {
    if (method === "driver.commit" && cancelling) {
      cancelling = false;
      late.open();
      await clock.advance(10);
    }
    return go();
  });
  const running = await world.host({ workflows: [workflow], store });
  const handle = await running.start(workflow, { workflowId: "a" });
  await clock.runUntilIdle();
  cancelling = true;
  expect(await clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
  await reaches(clock, handle, "cancelled");
  const { entries } = await handle.history();
  expect(entries.map(({ id, status }) => [id, status])).not.toContainEqual(["late", "completed"]);
  expect(undone).toEqual(["charge"]);
});

it("with compensation is told how the run ended that ends between the look and the request", async () => {
  const world = virtualStore();
  const { host, clock } = world;
  const gate = new Gate();
  const work = defineWorkflow({ name: "work", run: (ctx) => ctx.step("held", () => gate.passed) });
  const running = await host({ workflows: [work] });
  const handle = await running.start(work, { workflowId: "a" });
  await clock.runUntilIdle();
  const store = interceptedStore(world.store, async (method, go) => {
    if (method === "request") {
      gate.open();
      await reaches(clock, handle, "completed");
    }
    return go();
  });
  const client = clientOf({ ...world, store });
  const outcome = await clock.settle(client.handle("a").cancel({ compensate: true }));
  expect(outcome).toEqual({ cancelled: false, state: "completed" });
});

describe("a cancel with compensation of a run that somebody else holds", () => {
  /** A run that a holder of the test's own has claimed, after its first step was committed. */
  async function heldRun(undone: string[]): Promise<VirtualStore & { readonly client: Client }> {
    const world = virtualStore();
    const { host, clock, store } = world;
    const first = await host({ workflows: [order(undone, { newer: true })] });
    await reaches(clock, await first.start("order", { workflowId: "a" }), "sleeping");
    await clock.settle(first.stop());
    const run = { workflowId: "a", force: false };
    await store.claim({ owner: "other", leaseMs: 3_000, limit: 1, workflowNames: null, run });
    return { ...world, client: clientOf(world) };
  }

  it("waits for the end of the lease when the holder is dead", async () => {
    const undone: string[] = [];
    const { client, clock, host } = await heldRun(undone);
    const before = clock.now();
    expect(await clock.settle(client.handle("a").cancel({ compensate: true }))).toEqual({ cancelled: true });
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
    expect(clock.now() - before).toBeLessThan(5_000);
    await host({ workflows: [order(undone, { newer: true })] });
    await reaches(clock, client.handle("a"), "cancelled");
    expect(undone).toEqual(["second", "first"]);
  });

  it("takes the run by force from a holder that renews its lease and does not do it", async () => {
    const undone: string[] = [];
    const { client, clock, store } = await heldRun(undone);
    const claim = { workflowId: "a", epoch: (await store.get("a"))?.epoch ?? 0, leaseMs: 3_000 };
    const told: unknown[] = [];
    const renew = async (): Promise<void> => {
      const [outcome] = await store.renew("other", [claim]);
      told.push(outcome?.held === true ? outcome.requested : "lost");
      if (outcome?.held === true) clock.setTimer(1_000, () => void renew());
    };
    clock.setTimer(1_000, () => void renew());
    expect(await clock.settle(client.handle("a").cancel({ compensate: true }))).toEqual({ cancelled: true });
    await clock.advance(1_000);
    expect(told.slice(0, 3)).toEqual(["cancel", "cancel", "cancel"]);
    expect(told.at(-1)).toBe("lost");
    expect(await client.handle("a").getState()).toBe("rolling_back");
  });

  it("asks nobody when the run is paused and an operator that has taken it is dead", async () => {
    const undone: string[] = [];
    const world = await heldRun(undone);
    const { client, clock, store } = world;
    await clock.advance(3_000);
    await clock.settle(client.handle("a").pause());
    const run = { workflowId: "a", force: false };
    await store.claim({ owner: "operator", leaseMs: 3_000, limit: 1, workflowNames: null, run });
    let asked = 0;
    const counting = interceptedStore(store, (method, go) => {
      if (method === "request") asked += 1;
      // One that asks again and again would never let time go on.
      return asked > 3 ? new Promise(() => {}) : go();
    });
    const handle = clientOf({ ...world, store: counting }).handle("a");
    expect(await clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
    expect(asked).toBe(0);
  });

  it("is carried out by the next one that runs it, if whoever asked is gone", async () => {
    const undone: string[] = [];
    const { client, clock, store, host } = await heldRun(undone);
    await store.request("a", "cancel");
    await host({ workflows: [order(undone, { newer: true })] });
    await reaches(clock, client.handle("a"), "cancelled");
    expect(undone).toEqual(["second", "first"]);
  });

  it("is told who won when the run ends first", async () => {
    const undone: string[] = [];
    const { client, clock, store } = await heldRun(undone);
    const cancelled = client.handle("a").cancel({ compensate: true });
    await clock.runUntilIdle();
    const { epoch = 0, revision = 0 } = (await store.get("a")) ?? {};
    expect((await store.get("a"))?.requested).toBe("cancel");
    expect(await client.handle("a").cancel()).toEqual({ cancelled: true });
    expect((await store.get("a"))?.epoch).toBe(epoch + 1);
    expect((await store.get("a"))?.revision).toBe(revision + 1);
    expect(await clock.settle(cancelled)).toEqual({ cancelled: false, state: "cancelled" });
    expect(undone).toEqual([]);
  });
});

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
