import { Loop } from "holdfast";
import { describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { type Code, endsAs, failing } from "./ends-as.ts";

const combinations: readonly (readonly [outcome: string, expected: unknown, code: Code])[] = [
  [
    "a join in a race wins when all of its branches have ended",
    { winner: "joined", value: { a: 1, b: 2 } },
    (ctx) =>
      ctx.race<unknown>("race", [
        {
          name: "joined",
          run: (branch) =>
            branch.join("both", {
              a: { run: (b) => b.step("s", () => 1) },
              b: { run: (b) => b.sleep("nap", "1m").then(() => b.step("s", () => 2)) },
            }),
        },
        { name: "late", run: (branch) => branch.sleep("nap", "1h") },
      ]),
  ],
  [
    "a join in a race that fails leaves the race to the others",
    "slow",
    async (ctx) => {
      const { winner } = await ctx.race<unknown>("race", [
        {
          name: "joined",
          run: (branch) =>
            branch.join("both", {
              bad: { run: (b) => b.step({ name: "s", maxRetries: 0, run: failing("no") }) },
            }),
        },
        { name: "slow", run: (branch) => branch.sleep("nap", "1h") },
      ]);
      return winner;
    },
  ],
  [
    "races in the branches of a join each have their own winner",
    { x: "fast", y: "timer" },
    (ctx) =>
      ctx.join("join", {
        x: {
          run: async (b) =>
            (
              await b.race<unknown>("race", [
                { name: "timer", run: (r) => r.sleep("nap", "1h") },
                { name: "fast", run: (r) => r.step("s", () => 1) },
              ])
            ).winner,
        },
        y: {
          run: async (b) =>
            (
              await b.race<unknown>("race", [
                { name: "timer", run: (r) => r.sleep("nap", "1m") },
                { name: "slow", run: (r) => r.sleep("nap", "1h").then(() => r.step("s", () => 1)) },
              ])
            ).winner,
        },
      }),
  ],
  [
    "loops in the branches of a join go on side by side",
    { x: 3, y: 4 },
    (ctx) =>
      ctx.join("join", {
        x: { run: (b) => counting(b, 3, "1m") },
        y: { run: (b) => counting(b, 4, "100s") },
      }),
  ],
  [
    "a map in a loop may change its items from one iteration to the next",
    [[0], [10, 11], [20, 21, 22]],
    (ctx) =>
      ctx.loop<number[][], number[][]>({
        name: "rounds",
        state: [],
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, rows) => {
          const items = Array.from({ length: rows.length + 1 }, (_, i) => rows.length * 10 + i);
          const all = [...rows, await inner.map("items", items, (item, n) => item.step("s", () => n))];
          return all.length === 3 ? Loop.break(all) : Loop.continue(all);
        },
      }),
  ],
  [
    "a try in a loop tells each iteration's failure apart",
    ["ok 0", "step: 1 fails", "ok 2"],
    (ctx) =>
      ctx.loop<string[], string[]>({
        name: "rounds",
        state: [],
        historyPruneInterval: 2,
        historySize: 1,
        run: async (inner, told) => {
          const n = told.length;
          const tried = await inner.try("attempt", (t) =>
            t.step({ name: "s", maxRetries: 0, run: n === 1 ? failing(`${n} fails`) : () => `ok ${n}` }),
          );
          const said = tried.ok
            ? tried.value
            : `${tried.failure.kind}: ${(tried.failure.error.cause as Error).message}`;
          const all = [...told, said];
          return all.length === 3 ? Loop.break(all) : Loop.continue(all);
        },
      }),
  ],
  [
    "a loop in a try ends with the failure of its step, and the run goes on",
    ["step", "after"],
    async (ctx) => {
      const tried = await ctx.try("attempt", (t) =>
        t.loop<number, never>({
          name: "rounds",
          state: 0,
          historyPruneInterval: 1,
          run: async (inner, n) => {
            await inner.step({ name: "s", maxRetries: 0, run: n === 2 ? failing("third") : () => n });
            return Loop.continue(n + 1);
          },
        }),
      );
      return [tried.ok ? "ok" : tried.failure.kind, await ctx.step("after", () => "after")];
    },
  ],
  [
    "a map of joins of tries gives all results in order",
    [
      { a: true, b: 0 },
      { a: false, b: 1 },
    ],
    (ctx) =>
      ctx.map("items", [0, 1], (item, n) =>
        item.join("join", {
          a: {
            run: async (b) =>
              (await b.try("t", (t) => t.step({ name: "s", maxRetries: 0, run: n ? failing("x") : () => 1 })))
                .ok,
          },
          b: { run: (b) => b.sleep("nap", 1_000 * (2 - n)).then(() => b.step("s", () => n)) },
        }),
      ),
  ],
];

function counting(ctx: Parameters<Code>[0], rounds: number, nap: string): Promise<number> {
  return ctx.loop<number, number>({
    name: "rounds",
    state: 0,
    historyPruneInterval: 2,
    historySize: 0,
    run: async (inner, n) => {
      await inner.sleep("nap", nap);
      const next = await inner.step("add", () => n + 1);
      return next === rounds ? Loop.break(next) : Loop.continue(next);
    },
  });
}

describe("blocks in blocks", () => {
  it.each(combinations)("%s", { timeout: 30_000 }, (_outcome, expected, code) => endsAs(expected, code));

  it.each(combinations)(
    "%s, also when the run is evicted at every rest",
    async (_outcome, expected, code) => {
      const lab = new EngineLab();
      for (let pass = 0; pass < 50; pass++) {
        const handle = lab.start(code, { mode: "live" });
        await lab.clock.runUntilIdle();
        await lab.clock.settle(handle.evict());
        const { state, output } = await lab.clock.settle(handle.result);
        if (state === "completed") {
          expect(output).toEqual(expected);
          return;
        }
        expect(state).toBe("evicted");
        expect(lab.clock.pending).toBe(0);
        await lab.clock.advance(10_000);
        if (pass > 5) await lab.clock.advance(3_600_000);
      }
      expect.unreachable("the run did not end");
    },
  );

  it.each(combinations)(
    "%s, unless it is cancelled first, and then nothing more starts",
    async (_o, _e, code) => {
      const lab = new EngineLab();
      const handle = lab.start(code, { mode: "live" });
      const cancelled = lab.clock.settle(handle.cancel());
      expect(await cancelled).toEqual({ cancelled: true });
      const started = lab.events.filter(({ type }) => type === "step-started").length;
      await lab.clock.advance(86_400_000);
      expect(lab.events.filter(({ type }) => type === "step-started")).toHaveLength(started);
      expect(lab.clock.pending).toBe(0);
      expect((await lab.run(code)).state).toBe("cancelled");
    },
  );
});
