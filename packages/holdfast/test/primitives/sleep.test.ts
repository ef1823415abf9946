import type { WorkflowContext } from "holdfast";
import { expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { NOT_DURATION } from "./bad-values.ts";

applyLaws({
  kind: "sleep",
  perform: (ctx, name) => ctx.sleep(name, "1m"),
  lasting: (ctx, name) => ctx.sleep(name, "1d"),
});

applyLaws({
  kind: "sleep",
  what: "sleepUntil",
  perform: (ctx, name) => ctx.sleepUntil(name, 1_893_456_060_000),
  lasting: (ctx, name) => ctx.sleepUntil(name, 1_893_542_400_000),
});

refuseBadCalls("sleep", [
  ...wrongTypes("duration", [...NOT_DURATION, [undefined, "undefined"]], (d) => (ctx) => ctx.sleep("op", d)),
  ...wrongTypes(
    "instant",
    [
      [new Date(Number.NaN), "an invalid Date"],
      [Number.NaN, "NaN (number)"],
      [Number.POSITIVE_INFINITY, "Infinity (number)"],
      [8.64e15 + 1, "8640000000000001 (number)"],
      ["2030-01-01", '"2030-01-01" (string)'],
      [null, "null"],
      [undefined, "undefined"],
      [{}, "an object"],
      [{ epochMilliseconds: "1" }, "an object"],
    ],
    (i) => (ctx) => ctx.sleepUntil("op", i),
  ),
]);

it.each(["live", "yield"] as const)(
  "timers that are due at one instant fire in the order in which they were asked for, in %s mode",
  async (mode) => {
    const lab = new EngineLab();
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const workflow = async (ctx: WorkflowContext) => {
      const order: string[] = [];
      await Promise.all([
        ctx.sleep("early", 5),
        ...names.map((name) => ctx.sleep(name, 10).then(() => order.push(name))),
      ]);
      return order;
    };
    const first = lab.start(workflow, { mode });
    await lab.clock.advance(10);
    const { output } = mode === "live" ? await first.result : await lab.run(workflow);
    expect(output).toEqual(names);
  },
);
