import { expect, test } from "vitest";
import { virtualClock } from "../../../src/testing.ts";
import { MapKV, type Platform } from "./map-kv.ts";
import { work } from "./map-kv-run.ts";

const TWO_WEEKS_MS = 14 * 86_400_000;

test("the page's run sleeps until its alarm, and ends when it is called then", async () => {
  const platform: Platform = { rows: new Map(), alarm: null };
  const kv = new MapKV(platform);
  const clock = virtualClock();
  const options = { clock, scheduler: clock.scheduler };
  const due = clock.now() + TWO_WEEKS_MS;
  expect(await work(kv, options)).toMatchObject({ state: "sleeping", sleepUntil: due });
  expect(platform.alarm).toBe(due);
  await clock.advanceTo(due);
  expect(await work(kv, options)).toMatchObject({
    state: "completed",
    output: "The trial of ada has ended.",
  });
  expect(platform.alarm).toBeNull();
});
