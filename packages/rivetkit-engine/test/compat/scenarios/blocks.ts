import { type Context, historyOf, newDriver, runOn, type Scenario, untilEnded } from "../library.ts";

function failing(error: Error): () => Promise<never> {
  return async () => {
    throw error;
  };
}

export const blocks: Scenario[] = [
  {
    name: "a loop keeps the last iterations, and its replay gives its result",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const seen: number[] = [];
      const body = (ctx: Context) =>
        ctx.loop({
          name: "l",
          state: { i: 0 },
          historyPruneInterval: 3,
          run: async (inner, state) => {
            await inner.step("x", async () => void seen.push(state.i));
            return state.i >= 7 ? lib.Loop.break("done") : lib.Loop.continue({ i: state.i + 1 });
          },
        });
      const first = await runOn(lib, driver, body);
      return { first, second: await runOn(lib, driver, body), seen, history: await historyOf(lib, driver) };
    },
  },
  {
    name: "historySize keeps fewer iterations than the interval",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = (ctx: Context) =>
        ctx.loop({
          name: "l",
          state: 0,
          historyPruneInterval: 4,
          historySize: 2,
          run: async (inner, i) => {
            await inner.step("x", async () => i);
            if (i === 6) await inner.sleep("z", 60_000);
            return lib.Loop.continue(i + 1);
          },
        });
      return { run: await runOn(lib, driver, body), history: await historyOf(lib, driver) };
    },
  },
  {
    name: "a loop without state goes on when an iteration returns nothing",
    observe: async (lib) => {
      let left = 3;
      const body = (ctx: Context) =>
        ctx.loop("l", async (inner) => {
          await inner.step("x", async () => 1);
          return --left === 0 ? lib.Loop.break("out") : undefined;
        });
      return runOn(lib, newDriver(lib), body);
    },
  },
  {
    name: "a finished iteration is not run again",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const entered: number[] = [];
      const body = (ctx: Context) =>
        ctx.loop({
          name: "l",
          state: 0,
          run: async (inner, i) => {
            entered.push(i);
            await inner.step("x", async () => i);
            if (i === 2) await inner.sleep("z", 400);
            return i === 3 ? lib.Loop.break(i) : lib.Loop.continue(i + 1);
          },
        });
      return [await untilEnded(driver, () => runOn(lib, driver, body)), entered];
    },
  },
  {
    name: "what a loop throws fails the workflow, and its next run goes on with the iteration",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let broken = true;
      const seen: number[] = [];
      const body = (ctx: Context) =>
        ctx.loop({
          name: "l",
          state: 0,
          run: async (inner, i) => {
            await inner.step("x", async () => void seen.push(i));
            if (i === 2 && broken) throw new Error("in the loop");
            return i === 3 ? lib.Loop.break("out") : lib.Loop.continue(i + 1);
          },
        });
      const first = await runOn(lib, driver, body);
      broken = false;
      return { first, second: await runOn(lib, driver, body), seen };
    },
  },
  {
    name: "Loop makes plain objects",
    observe: async (lib) => [lib.Loop.continue({ a: 1 }), lib.Loop.break("b")],
  },
  {
    name: "a join parks with what is done, and goes on",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let runs = 0;
      const body = (ctx: Context) =>
        ctx.join("j", {
          a: { run: (inner) => inner.step("s", async () => ++runs) },
          b: {
            run: async (inner) => {
              await inner.sleep("z", 400);
              return "b";
            },
          },
        });
      const first = await runOn(lib, driver, body);
      const last = await untilEnded(driver, () => runOn(lib, driver, body));
      return { first, last, runs };
    },
  },
  {
    name: "a join gathers the errors of its branches after all have settled",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const seen: string[] = [];
      const events: unknown[] = [];
      const body = (ctx: Context) =>
        ctx.join("j", {
          a: { run: failing(new TypeError("a")) },
          b: { run: (inner) => inner.step("s", async () => void seen.push("b")) },
          c: { run: (inner) => inner.step({ name: "s", maxRetries: 0, run: failing(new Error("c")) }) },
        });
      const run = await runOn(lib, driver, body, {
        onError: (event) => void events.push(Object.keys(event)),
      });
      return { run, seen, events };
    },
  },
  {
    name: "a join of nothing",
    observe: (lib) => runOn(lib, newDriver(lib), (ctx) => ctx.join("j", {})),
  },
  {
    name: "the first success wins a race",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = (ctx: Context) =>
        ctx.race<unknown>("r", [
          { name: "fast", run: (inner) => inner.step("s", async () => 1) },
          { name: "slow", run: (inner) => inner.sleep("z", 60_000) },
        ]);
      const first = await runOn(lib, driver, body);
      return { first, second: await runOn(lib, driver, body), alarm: driver.getAlarm("wf") };
    },
  },
  {
    name: "a race of short sleeps, in memory",
    observe: (lib) =>
      runOn(lib, newDriver(lib), (ctx) =>
        ctx.race<unknown>("r", [
          { name: "a", run: (inner) => inner.sleep("z", 10) },
          { name: "b", run: (inner) => inner.sleep("z", 60_000) },
        ]),
      ),
  },
  {
    name: "a race that all lose",
    observe: (lib) =>
      runOn(lib, newDriver(lib), (ctx) =>
        ctx.race("r", [
          { name: "a", run: failing(new Error("a")) },
          { name: "b", run: failing(new TypeError("b")) },
        ]),
      ),
  },
  {
    name: "a race of nothing",
    observe: (lib) => runOn(lib, newDriver(lib), (ctx) => ctx.race("r", [])),
  },
  {
    name: "a race that parks waits for time and messages",
    observe: (lib) =>
      runOn(lib, newDriver(lib), (ctx) =>
        ctx.race<unknown>("r", [
          { name: "a", run: (inner) => inner.sleep("z", 60_000) },
          { name: "b", run: (inner) => inner.queue.next("q", { names: ["m"] }) },
        ]),
      ),
  },
  {
    name: "failures of steps as data",
    observe: async (lib) => {
      const body = async (ctx: Context) => [
        await ctx.tryStep({ name: "a", maxRetries: 0, run: failing(new TypeError("x")) }),
        await ctx.tryStep("b", failing(new lib.CriticalError("c"))),
        await ctx.tryStep({ name: "c", timeout: 5, run: () => new Promise(() => {}) }),
        await ctx.tryStep({ name: "d", catch: ["rollback"], run: failing(new lib.RollbackError("r")) }),
        await ctx.tryStep("e", async () => 4),
      ];
      return withoutStacks(await runOn(lib, newDriver(lib), body));
    },
  },
  {
    name: "a failure that tryStep is not to catch is thrown",
    observe: async (lib) => [
      await runOn(lib, newDriver(lib), (ctx) => ctx.tryStep("a", failing(new lib.RollbackError("r")))),
      await runOn(lib, newDriver(lib), (ctx) =>
        ctx.tryStep({ name: "a", catch: ["timeout"], run: failing(new lib.CriticalError("c")) }),
      ),
    ],
  },
  {
    name: "failures of blocks as data",
    observe: async (lib) => {
      const critical = failing(new lib.CriticalError("x"));
      const body = async (ctx: Context) => [
        await ctx.try("value", async () => 5),
        await ctx.try("step", (c) => c.step({ name: "in", maxRetries: 0, run: failing(new Error("s")) })),
        await ctx.try("join", (c) => c.join("j", { a: { run: failing(new Error("e")) } })),
        await ctx.try("race", (c) => c.race("j", [{ name: "a", run: failing(new Error("e")) }])),
        await ctx.try("loop", (c) => c.loop("l", (d) => d.step("s", critical) as Promise<never>)),
        await ctx.try("nested", (c) => c.try("i", (d) => d.step("s", critical))),
        await ctx.try({ name: "rollback", catch: ["rollback"], run: failing(new lib.RollbackError("d")) }),
      ];
      return withoutStacks(await runOn(lib, newDriver(lib), body));
    },
  },
  {
    name: "an error of the code's own passes through a block",
    observe: async (lib) => [
      await runOn(lib, newDriver(lib), (ctx) => ctx.try("b", failing(new Error("own")))),
      await runOn(lib, newDriver(lib), (ctx) => ctx.try("b", failing(new lib.CriticalError("own")))),
      await runOn(lib, newDriver(lib), (ctx) =>
        ctx.try({
          name: "b",
          catch: ["join"],
          run: (inner) => inner.step("s", failing(new lib.CriticalError("x"))),
        }),
      ),
    ],
  },
];

function withoutStacks(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) => (key === "stack" ? undefined : inner));
}
