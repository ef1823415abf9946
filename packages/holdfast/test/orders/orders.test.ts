import { describe, expect, it } from "vitest";
import { Contest, type Interruption, type Wait } from "./contest.ts";
import { ORDERED } from "./programs.ts";

/**
 * Every order in which waits that are open at once can end, with the process ending after each of them. `WAITS=6 npm test --
 * packages/holdfast/test/orders` plays the long form.
 */
const WAITS = Number(process.env.WAITS ?? 4);

function* orders(rest: readonly number[]): Generator<number[]> {
  if (rest.length === 0) yield [];
  for (const first of rest)
    for (const others of orders(rest.filter((number) => number !== first))) yield [first, ...others];
}

const ALL_ORDERS = [...orders(Array.from({ length: WAITS }, (_, number) => number))];

const KINDS: readonly (readonly [of: string, kind: (number: number) => Wait])[] = [
  ["steps", () => "step"],
  ["messages", () => "message"],
  ["timers", () => "timer"],
  ["all kinds", (number) => (["step", "message", "timer"] as const)[number % 3] as Wait],
];

describe.each(KINDS)(
  "waits of %s that end in every order, with a process that ends after each",
  (of, kind) => {
    it.each(ORDERED)("$about", { timeout: 600_000 }, async ({ code, comesTo }) => {
      for (const order of ALL_ORDERS) {
        const expected = comesTo(order);
        const points = [null, ...order.keys(), order.length];
        for (const [turn, at] of points.entries()) {
          const interruptions: Interruption[] =
            at === null ? ["crash"] : [turn % 2 === 0 ? "crash" : "evict"];
          if (at !== null && of === "all kinds") interruptions.push(turn % 2 === 0 ? "evict" : "crash");
          for (const interruption of interruptions) {
            const output = await new Contest(code, order, kind).play(at, interruption);
            expect({ order, at, interruption, output }).toEqual({
              order,
              at,
              interruption,
              output: expected,
            });
          }
        }
      }
    });
  },
);
