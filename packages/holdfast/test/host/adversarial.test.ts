import { defineWorkflow, type Host, type WorkflowHandle } from "holdfast";
import { describe, expect, it } from "vitest";
import { virtualStore } from "./host-on-virtual-clock.ts";
import { diskFull, interceptedStore } from "./intercepted-store.ts";

/** A generator of the numbers 0 to `below` - 1 that gives the same ones for the same seed (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** More of them by hand: `SEEDS=200 npm exec -- vitest run packages/holdfast/test/host/adversarial.test.ts`. */
const SEEDS = Array.from({ length: Number(process.env.SEEDS ?? 6) }, (_, i) => i + 1);
const RUNS = 12;
const MESSAGES = 6;

/** Receives messages in order, with steps and naps in between; tells the ledger of every committed result. */
function receiver(
  ledger: Map<string, number[]>,
  roll: (below: number) => number,
  sleep: (ms: number) => Promise<void>,
) {
  return defineWorkflow({
    name: "receiver",
    run: async (ctx) => {
      const received: number[] = [];
      for (let i = 0; i < MESSAGES; i++) {
        received.push((await ctx.listen(`wait-${i}`, "number")) as number);
        const began = await ctx.step(`step-${i}`, async () => {
          const starts = ledger.get(`${ctx.workflowId}/${i}`) ?? [];
          starts.push(starts.length + 1);
          ledger.set(`${ctx.workflowId}/${i}`, starts);
          const start = starts.length;
          await sleep(roll(40));
          return start;
        });
        if (began > 0 && i % 2 === 0) await ctx.sleep(`nap-${i}`, 30);
      }
      return received;
    },
  });
}

/** One thing that happens to a run or a host. */
async function mischief(handle: WorkflowHandle, roll: (below: number) => number): Promise<void> {
  switch (roll(5)) {
    case 0:
      return handle.wake();
    case 1:
      return handle.evict();
    case 2:
      await handle.pause();
      return handle.resume();
    default:
  }
}

describe("hosts that come and go, operators, and a storage that fails now and then", () => {
  it.each(SEEDS)("lose no message and repeat no committed step (seed %i)", async (seed) => {
    const { host, clock, store } = virtualStore();
    const roll = dice(seed);
    let faults = true;
    const flaky = interceptedStore(store, (method, go) => {
      const fails =
        faults &&
        ["claim", "renew", "release", "driver.commit", "driver.load"].includes(method) &&
        roll(50) === 0;
      return fails ? Promise.reject(diskFull()) : go();
    });
    const ledger = new Map<string, number[]>();
    const workflow = receiver(ledger, roll, (ms) => clock.sleep(ms));
    const options = {
      workflows: [workflow],
      store: flaky,
      concurrency: 4,
      cacheSize: 3,
      leaseMs: 2_000,
      pollMs: 200,
    };
    const hosts: Host[] = [await host(options), await host(options)];
    const handles = await Promise.all(
      Array.from({ length: RUNS }, (_, i) =>
        (hosts[i % 2] as Host).start(workflow, { workflowId: `run-${i}` }),
      ),
    );
    const mishaps: Promise<unknown>[] = [];
    for (let sent = 0; sent < MESSAGES; sent++) {
      for (const handle of handles) {
        await handle.send("number", sent);
        mishaps.push(
          mischief(hosts[roll(2)]?.handle(handle.workflowId) as WorkflowHandle, roll).catch(() => {}),
        );
        await clock.advance(roll(30));
      }
      const leaving = hosts[sent % 2] as Host;
      mishaps.push(leaving.stop({ timeoutMs: roll(50) }));
      hosts[sent % 2] = await host(options);
    }
    await clock.settle(Promise.all(mishaps));
    faults = false;
    const resumed = handles.map(({ workflowId }) =>
      (hosts[0] as Host)
        .handle(workflowId)
        .resume()
        .catch(() => {}),
    );
    await clock.settle(Promise.all(resumed));
    const results = handles.map(({ workflowId }) => (hosts[0] as Host).handle(workflowId).result());
    const expected = Array.from({ length: MESSAGES }, (_, i) => i);
    expect(await clock.settle(Promise.all(results))).toEqual(handles.map(() => expected));
    expect((await store.statistics()).queuedMessages).toBe(0);
    for (const { workflowId } of handles) {
      const steps = (await (hosts[0] as Host).handle(workflowId).history()).entries.filter(
        ({ kind }) => kind === "step",
      );
      // What is committed is what the body's last start gave: after that it never started again.
      for (const [i, step] of steps.entries())
        expect(step.output()).toBe(ledger.get(`${workflowId}/${i}`)?.length);
    }
  });
});
