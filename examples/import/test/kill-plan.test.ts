import { expect, test } from "vitest";
import { KillPlan } from "../src/kill-plan.ts";

test.each([0, 1, 5, 20])("%i kills come one by one, spread over the work", (kills) => {
  const plan = new KillPlan(kills);
  const perFifth = [0, 0, 0, 0, 0];
  for (let done = 0; done < 1_000; done++) {
    if (plan.due(done / 1_000))
      perFifth[Math.floor(done / 200)] = (perFifth[Math.floor(done / 200)] ?? 0) + 1;
  }
  expect(perFifth.reduce((sum, count) => sum + count)).toBe(kills);
  expect(Math.max(...perFifth)).toBe(Math.ceil(kills / 5));
  expect(plan.due(1)).toBe(false);
});
