import { createClient, createHost, defineWorkflow } from "holdfast";
import { memoryStore } from "holdfast/memory";
import { describe, expect, it, vi } from "vitest";
import type { Clock } from "../../src/model/clock.ts";
import { virtualClock } from "../../src/testing/virtual-clock.ts";
import { interceptedStore } from "./intercepted-store.ts";

const YEAR = 365 * 86_400_000;

/** A host whose wall clock can be set, over a store whose clock goes right. */
function jumpyHost() {
  const clock = virtualClock();
  let jumpedMs = 0;
  const own: Clock = {
    now: () => clock.now() + jumpedMs,
    monotonic: () => clock.monotonic(),
    setTimer: (delayMs, fire) => clock.setTimer(delayMs, fire),
  };
  const store = memoryStore({ clock });
  const options = { store, clock: own, scheduler: clock.scheduler, pollMs: 1_000 };
  return {
    clock,
    store,
    options,
    jump: (byMs: number): void => {
      jumpedMs += byMs;
    },
  };
}

describe("a wall clock that is set while a host runs", () => {
  it.each([YEAR, -YEAR, 60_000])("moves no timer: %d ms", async (byMs) => {
    const { clock, options, jump } = jumpyHost();
    const woken: number[] = [];
    const nap = defineWorkflow({
      name: "nap",
      run: async (ctx) => {
        await ctx.step("first", () => jump(byMs));
        await ctx.sleep("nap", 10_000);
        await ctx.step("second", () => void woken.push(clock.now()));
      },
    });
    const host = await createHost({ ...options, workflows: [nap] });
    const before = clock.now();
    const handle = await host.start(nap, { workflowId: "nap" });
    await clock.settle(handle.result());
    expect(woken[0]).toBeGreaterThanOrEqual(before + 10_000);
    expect(woken[0]).toBeLessThanOrEqual(before + 11_000);
    await clock.settle(host.stop());
  });

  it("does not make the host look for work more often than it was asked to", async () => {
    const { clock, store, options, jump } = jumpyHost();
    let looks = 0;
    const counted = interceptedStore(store, (method, go) => {
      if (method === "claim") looks += 1;
      return go();
    });
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.sleep("nap", YEAR) });
    const host = await createHost({ ...options, store: counted, workflows: [nap] });
    await host.start(nap, { workflowId: "nap" });
    await clock.advance(2_000);
    jump(10 * YEAR);
    looks = 0;
    await clock.advance(60_000);
    expect(looks).toBeLessThanOrEqual(62);
    await clock.settle(host.stop());
  });
});

describe("a client whose wall clock is wrong", () => {
  it.each([YEAR, -YEAR, 60_000])(
    "starts a run whose waits last as long as they should: %d ms",
    async (byMs) => {
      const { clock, store, options, jump } = jumpyHost();
      const woken: Record<string, number> = {};
      const waits = defineWorkflow({
        name: "waits",
        run: async (ctx) => {
          const began = ctx.now();
          await ctx.sleep("nap", 10_000);
          woken.nap = clock.now();
          await ctx.listenWithTimeout("wait", "nothing", 10_000);
          woken.wait = clock.now();
          return ctx.now() - began;
        },
      });
      const before = clock.now();
      const client = createClient({ ...options });
      jump(byMs);
      const handle = await client.start(waits, { workflowId: "waits" });
      const host = await createHost({ ...options, clock, workflows: [waits] });
      const passed = await clock.settle(handle.result());
      expect(woken.nap).toBeGreaterThanOrEqual(before + 10_000);
      expect(woken.nap).toBeLessThanOrEqual(before + 11_000);
      expect(woken.wait).toBeGreaterThanOrEqual(before + 20_000);
      expect(woken.wait).toBeLessThanOrEqual(before + 22_000);
      if (byMs > 0) expect(passed).toBeLessThanOrEqual(22_000);
      await clock.settle(host.stop());
      await store.close();
    },
  );
});

it.each([YEAR, -YEAR])(
  "a wall clock that is set by %d ms beneath a store in memory moves no timer",
  async (byMs) => {
    const wall = Date.now;
    let jumpedMs = 0;
    vi.spyOn(Date, "now").mockImplementation(() => wall() + jumpedMs);
    const began = performance.now();
    const woken: number[] = [];
    const nap = defineWorkflow({
      name: "nap",
      run: async (ctx) => {
        await ctx.step("first", () => {
          jumpedMs = byMs;
        });
        await ctx.sleep("nap", 200);
        await ctx.step("second", () => void woken.push(performance.now() - began));
      },
    });
    // Without a cache the run is claimed again when it is due by the store's clock.
    const host = await createHost({ store: memoryStore(), workflows: [nap], cacheSize: 0, pollMs: 20 });
    const handle = await host.start(nap, { workflowId: "nap" });
    await handle.result({ timeout: "30s" });
    expect(woken[0]).toBeGreaterThanOrEqual(200);
    await host.stop();
  },
);
