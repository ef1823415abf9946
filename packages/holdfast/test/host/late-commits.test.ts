import {
  type Claim,
  defaultCodec,
  defineWorkflow,
  type Host,
  type PayloadCodec,
  type WorkflowDefinition,
} from "holdfast";
import { describe, expect, it, test } from "vitest";
import { Gate, type VirtualStore, virtualStore } from "./host-on-virtual-clock.ts";
import { diskFull, interceptedStore } from "./intercepted-store.ts";

const LEASE_MS = 30_000;

/** A storage that takes none of these calls while `out.is`. */
function withOutages({ store: sound }: VirtualStore, isOut: (method: string) => boolean = () => true) {
  const out = { is: false };
  const store = interceptedStore(sound, async (method, go) => {
    if (out.is && isOut(method)) throw diskFull();
    return go();
  });
  return { out, store };
}

const isNoHint = (method: string): boolean => method !== "waitForWork" && method !== "driver.waitForMessages";

/** A host whose storage answers nothing while `out.is`. */
async function hostWithOutages(world: VirtualStore, workflow: WorkflowDefinition, concurrency = 10) {
  const { out, store } = withOutages(world, isNoHint);
  const host: Host = await world.host({ workflows: [workflow], store, concurrency, leaseMs: LEASE_MS });
  return { host, out };
}

/** Two steps, of which the first ends while the storage is out, and can be undone. */
function twoSteps() {
  const gate = new Gate();
  const bodies: string[] = [];
  const undone: number[] = [];
  const workflow = defineWorkflow({
    name: "two steps",
    run: async (ctx) => {
      const body = async (): Promise<number> => {
        bodies.push("first");
        await gate.passed;
        return 1;
      };
      await ctx.rollbackCheckpoint("from here");
      const rollback = (_: unknown, result: number): void => void undone.push(result);
      const first = await ctx.step({ name: "first", timeout: 0, run: body, rollback });
      return ctx.step("second", () => bodies.push("second") + first);
    },
  });
  return { gate, bodies, undone, workflow };
}

/** A run whose first step has ended in an outage that was longer than the lease and is over. */
async function afterOutage() {
  const world = virtualStore();
  const { clock } = world;
  const { gate, ...told } = twoSteps();
  const { host, out } = await hostWithOutages(world, told.workflow);
  const handle = await host.start(told.workflow, { workflowId: "a" });
  await clock.advance(1_000);
  out.is = true;
  gate.open();
  await clock.advance(10 * LEASE_MS);
  out.is = false;
  return { ...told, clock, host, handle };
}

describe("an outage that is longer than the lease", () => {
  test.each([1, 10])("has no body run again that had ended (concurrency %i)", async (concurrency) => {
    const world = virtualStore();
    const { clock } = world;
    const { gate, bodies, workflow } = twoSteps();
    const { host, out } = await hostWithOutages(world, workflow, concurrency);
    const handle = await host.start(workflow, { workflowId: "a" });
    await clock.advance(1_000);
    out.is = true;
    gate.open();
    await clock.advance(10 * LEASE_MS);
    expect(world.events.filter(({ type }) => type === "fenced")).toHaveLength(1);
    out.is = false;
    expect(await clock.settle(handle.result())).toBe(3);
    expect(bodies).toEqual(["first", "second"]);
  });

  it("has what branches had come to stored, and stops what still runs", async () => {
    const world = virtualStore();
    const { clock } = world;
    const gates = [new Gate(), new Gate(), new Gate()];
    const bodies: number[] = [];
    const aborted: number[] = [];
    const workflow = defineWorkflow({
      name: "branches",
      run: async (ctx) =>
        ctx.map("items", gates, (item, gate, n) =>
          item.step({
            name: "work",
            timeout: 0,
            run: async ({ signal }) => {
              bodies.push(n);
              signal.addEventListener("abort", () => aborted.push(n));
              await gate.passed;
              return n;
            },
          }),
        ),
    });
    const { host, out } = await hostWithOutages(world, workflow);
    const handle = await host.start(workflow, { workflowId: "a" });
    await clock.advance(1_000);
    out.is = true;
    gates[0]?.open();
    await clock.advance(2_000);
    gates[1]?.open();
    await clock.advance(2 * LEASE_MS);
    expect(aborted).toEqual([2]);
    out.is = false;
    gates[2]?.open();
    expect(await clock.settle(handle.result())).toEqual([0, 1, 2]);
    expect(bodies).toEqual([0, 1, 2, 2]);
  });

  it("has what had ended stored before the run is paused", async () => {
    const { clock, handle, bodies } = await afterOutage();
    await clock.settle(handle.pause());
    await clock.settle(handle.resume());
    expect(await clock.settle(handle.result())).toBe(3);
    expect(bodies).toEqual(["first", "second"]);
  });

  it("has what had ended undone by a cancel with compensation", async () => {
    const { clock, handle, bodies, undone } = await afterOutage();
    expect(await clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
    await expect(clock.settle(handle.result())).rejects.toThrow("cancelled");
    expect({ bodies, undone }).toEqual({ bodies: ["first"], undone: [1] });
  });

  it("leaves no timer behind once it is stored and the host has stopped", async () => {
    const { clock, handle, host } = await afterOutage();
    await clock.settle(handle.pause());
    await clock.settle(host.stop());
    expect(clock.pending).toBe(0);
  });

  test.each([
    ["fast", 0],
    ["slow", 2_000],
  ])("has what had ended stored whenever the storage comes back, with a %s codec", async (_, decodesMs) => {
    const leaseMs = 6_000;
    const again: number[] = [];
    for (let outMs = 3_000; outMs < 15_000; outMs += 237) {
      const world = virtualStore();
      const { clock } = world;
      const { gate, bodies, workflow } = twoSteps();
      const { out, store } = withOutages(world);
      const codec: PayloadCodec = {
        encode: (value, what) => defaultCodec.encode(value, what),
        decode: async (bytes) => {
          if (decodesMs > 0) await clock.sleep(decodesMs);
          return defaultCodec.decode(bytes);
        },
      };
      const host = await world.host({ workflows: [workflow], store, codec, leaseMs, pollMs: 500 });
      await clock.settle(host.start(workflow, { workflowId: "a" }));
      await clock.advance(5_000);
      out.is = true;
      await clock.advance(100);
      gate.open();
      await clock.advance(outMs);
      out.is = false;
      await clock.advance(60_000);
      expect((await world.store.get("a"))?.status).toBe("completed");
      if (bodies.length > 2) again.push(outMs);
    }
    expect(again).toEqual([]);
  });

  it("lets another host go on where that is there first", async () => {
    const world = virtualStore();
    const { clock } = world;
    const { gate, bodies, workflow } = twoSteps();
    const { host, out } = await hostWithOutages(world, workflow);
    const handle = await host.start(workflow, { workflowId: "a" });
    await clock.advance(1_000);
    out.is = true;
    gate.open();
    await clock.advance(LEASE_MS / 2);
    await world.host({ workflows: [workflow], leaseMs: LEASE_MS });
    await clock.advance(2 * LEASE_MS);
    out.is = false;
    expect(await clock.settle(handle.result())).toBe(4);
    expect(bodies).toEqual(["first", "first", "second"]);
  });

  it("of one run alone keeps no other from being run", async () => {
    const world = virtualStore();
    const { clock, store } = world;
    const { gate, workflow } = twoSteps();
    const { out, store: failing } = withOutages(world, (method) => method === "renew");
    const driver = (claim: Claim) => {
      const sound = store.driver(claim);
      return interceptedStore(sound, async (method, go) => {
        if (out.is && method === "commit" && claim.workflowId === "a") throw diskFull();
        return go();
      });
    };
    const partly = new Proxy(failing, {
      get: (on, key) => (key === "driver" ? driver : Reflect.get(on, key)),
    });
    const host = await world.host({
      workflows: [workflow],
      store: partly,
      concurrency: 1,
      leaseMs: LEASE_MS,
    });
    await host.start(workflow, { workflowId: "a" });
    await clock.advance(1_000);
    out.is = true;
    gate.open();
    const other = await host.start(workflow, { workflowId: "b" });
    await clock.advance(3 * LEASE_MS);
    expect(await other.getState()).toBe("completed");
  });

  it("keeps no host from stopping, which tries a last time", async () => {
    const world = virtualStore();
    const { clock, store } = world;
    const { gate, bodies, workflow } = twoSteps();
    const { host, out } = await hostWithOutages(world, workflow);
    await host.start(workflow, { workflowId: "a" });
    await host.start(workflow, { workflowId: "b" });
    await clock.advance(1_000);
    out.is = true;
    gate.open();
    await clock.advance(2 * LEASE_MS);
    const stopped = host.stop({ timeoutMs: 1_000 });
    await clock.advance(500);
    out.is = false;
    await clock.settle(stopped);
    expect((await store.get("a"))?.revision).toBe(2);
    const next = await world.host({ workflows: [workflow] });
    for (const workflowId of ["a", "b"]) {
      const handle = await next.handle(workflowId);
      await clock.settle(handle.result());
    }
    expect(bodies).toEqual(["first", "first", "second", "second"]);
  });

  it("ends with the host where it does not end", async () => {
    const world = virtualStore();
    const { clock } = world;
    const { gate, workflow } = twoSteps();
    const { host, out } = await hostWithOutages(world, workflow);
    await host.start(workflow, { workflowId: "a" });
    await clock.advance(1_000);
    out.is = true;
    gate.open();
    await clock.advance(2 * LEASE_MS);
    const before = clock.monotonic();
    await clock.settle(host.stop({ timeoutMs: 1_000 }));
    expect(clock.monotonic() - before).toBeLessThan(3_000);
    expect(clock.pending).toBe(0);
  });
});

test("a cancel with compensation ends the pause between two tries of a commit, and undoes what that stores", async () => {
  const world = virtualStore();
  const { clock } = world;
  const { gate, undone, workflow } = twoSteps();
  const { out, store } = withOutages(world, (method) => method === "driver.commit");
  const host = await world.host({ workflows: [workflow], store, leaseMs: 3_000, pollMs: 100 });
  const handle = await host.start(workflow, { workflowId: "a" });
  await clock.advance(1_000);
  out.is = true;
  gate.open();
  await clock.advance(3_300);
  out.is = false;
  expect(await clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
  await expect(clock.settle(handle.result())).rejects.toThrow("cancelled");
  expect(undone).toEqual([1]);
});

test("a cancel with compensation that a run carries out by a late commit is told that it won, whenever that is", async () => {
  const told: unknown[] = [];
  for (let outMs = 3_000; outMs < 10_000; outMs += 137) {
    const world = virtualStore();
    const { clock } = world;
    const { gate, undone, workflow } = twoSteps();
    const { out, store } = withOutages(world);
    const host = await world.host({ workflows: [workflow], store, leaseMs: 6_000, pollMs: 500 });
    const handle = await host.start(workflow, { workflowId: "a" });
    await clock.advance(3_000);
    out.is = true;
    gate.open();
    await clock.advance(outMs);
    out.is = false;
    const outcome = await clock.settle(handle.cancel({ compensate: true }));
    await clock.settle(handle.result().catch(() => {}));
    told.push([outcome, undone]);
  }
  expect(told).toEqual(told.map(() => [{ cancelled: true }, [1]]));
});
