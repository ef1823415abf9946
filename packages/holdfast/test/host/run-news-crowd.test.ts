import { expect, it } from "vitest";
import { HostLog } from "../../src/host/host-log.ts";
import { RunNews } from "../../src/host/run-news.ts";
import { virtualClock } from "../../src/testing/virtual-clock.ts";

const ROUNDS = 200;

/** How often each of so many looks, all waiting for one run of which there is news all the time, before it finds something. */
async function looksOf(waiting: number): Promise<number> {
  const clock = virtualClock();
  const store = { wait: () => new Promise<void>(() => {}) };
  const log = new HostLog({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} });
  const news = new RunNews({ store, clock, pollMs: 1_000, log });
  let looks = 0;
  let found: string | undefined;
  const look = async (): Promise<string | undefined> => {
    looks += 1;
    return found;
  };
  const waits = Array.from({ length: waiting }, () => news.until("run", look));
  for (let round = 0; round < ROUNDS; round++) {
    await clock.advance(20);
    news.tell("run");
  }
  const before = looks;
  found = "found";
  for (const wait of waits) expect(await clock.settle(wait, "5s")).toBe("found");
  return before / waiting;
}

it("of a crowd that waits for one run nobody looks at each of its hints, and all are told in the end", async () => {
  expect(await looksOf(10)).toBeGreaterThan(ROUNDS / 3);
  expect(await looksOf(1_000)).toBeLessThan(ROUNDS / 4);
});

it("whose time is over is told so in time, however long hints are held back", async () => {
  const clock = virtualClock();
  const store = { wait: async () => {} };
  const log = new HostLog({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} });
  const news = new RunNews({ store, clock, pollMs: 1_000, log });
  const start = clock.monotonic();
  const waits = Array.from({ length: 2_000 }, () => news.until("run", async () => undefined, 500));
  expect(await clock.settle(Promise.all(waits))).toHaveLength(waits.length);
  expect(clock.monotonic() - start).toBe(500);
});
