import { type Context, historyOf, newDriver, runOn, type Scenario, untilEnded } from "../library.ts";

export const steps: Scenario[] = [
  {
    name: "a step runs once, and a second run gives its result again",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let runs = 0;
      const body = (ctx: Context) => ctx.step("a", async () => ++runs);
      const first = await runOn(lib, driver, body);
      const second = await runOn(lib, driver, body);
      return { first, second, runs, history: await historyOf(lib, driver), alarm: driver.getAlarm("wf") };
    },
  },
  {
    name: "a step without a result",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = async (ctx: Context) => {
        await ctx.step("a", async () => {});
      };
      return { run: await runOn(lib, driver, body), history: await historyOf(lib, driver) };
    },
  },
  {
    name: "in yield mode every retry is a sleep; its delay doubles from twice the base",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const events: unknown[] = [];
      let runs = 0;
      const body = (ctx: Context) =>
        ctx.step({
          name: "a",
          maxRetries: 2,
          retryBackoffBase: 5,
          run: async () => {
            runs++;
            throw Object.assign(new TypeError(`boom ${runs}`), { code: "X", detail: { deep: true } });
          },
        });
      const onError = (event: unknown) => void events.push(stepEvent(event));
      const first = await runOn(lib, driver, body, { onError });
      const afterFirst = await historyOf(lib, driver);
      const last = await untilEnded(driver, () => runOn(lib, driver, body, { onError }));
      return { first, afterFirst, last, runs, events, history: await historyOf(lib, driver) };
    },
  },
  {
    name: "in live mode retries are waited for",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let runs = 0;
      const body = (ctx: Context) =>
        ctx.step({
          name: "a",
          retryBackoffBase: 1,
          run: async () => {
            if (++runs < 3) throw new Error("not yet");
            return runs;
          },
        });
      return {
        run: await runOn(lib, driver, body, { mode: "live" }),
        runs,
        history: await historyOf(lib, driver),
      };
    },
  },
  {
    name: "an exhausted step fails the run; recover gives it its attempts back",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let broken = true;
      let runs = 0;
      const body = (ctx: Context) =>
        ctx.step({
          name: "a",
          maxRetries: 0,
          run: async () => {
            runs++;
            if (broken) throw new Error("broken");
            return "mended";
          },
        });
      const first = await runOn(lib, driver, body);
      const again = await runOn(lib, driver, body);
      broken = false;
      const handle = lib.runWorkflow("wf", body, undefined, driver);
      await handle.result.catch(() => {});
      await handle.recover();
      const recovered = await handle.getState();
      const last = await runOn(lib, driver, body);
      return { first, again, recovered, last, runs };
    },
  },
  {
    name: "a critical error is not retried",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const events: unknown[] = [];
      const body = (ctx: Context) =>
        ctx.step("a", async () => {
          throw new lib.CriticalError("no use");
        });
      const run = await runOn(lib, driver, body, { onError: (event) => void events.push(stepEvent(event)) });
      return { run, events, history: await historyOf(lib, driver) };
    },
  },
  {
    name: "a timeout is critical, unless it is to be retried",
    observe: async (lib) => {
      const never = () => new Promise<never>(() => {});
      const critical = newDriver(lib);
      const retried = newDriver(lib);
      const events: unknown[] = [];
      return {
        critical: await runOn(lib, critical, (ctx) => ctx.step({ name: "a", timeout: 10, run: never }), {
          onError: (event) => void events.push(stepEvent(event)),
        }),
        retried: await runOn(lib, retried, (ctx) =>
          ctx.step({ name: "a", timeout: 10, maxRetries: 0, retryOnTimeout: true, run: never }),
        ),
        events,
        history: await historyOf(lib, critical),
      };
    },
  },
  {
    name: "whatever is thrown is told in one line",
    observe: async (lib) => {
      const thrown = ["text", { a: 1 }, null, new RangeError("far")];
      const runs: unknown[] = [];
      for (const value of thrown) {
        const body = (ctx: Context) =>
          ctx.step({
            name: "a",
            maxRetries: 0,
            run: async () => {
              throw value;
            },
          });
        runs.push(await runOn(lib, newDriver(lib), body));
      }
      return runs;
    },
  },
  {
    name: "a failure that the code handles is replayed as it was",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let runs = 0;
      const body = async (ctx: Context) => {
        let seen: unknown = null;
        try {
          await ctx.step({
            name: "a",
            maxRetries: 0,
            run: async () => {
              runs++;
              throw new TypeError("boom");
            },
          });
        } catch (error) {
          seen = [error instanceof lib.StepExhaustedError, (error as Error).message];
        }
        return ctx.step("b", async () => seen);
      };
      return [await runOn(lib, driver, body), await runOn(lib, driver, body), runs];
    },
  },
  {
    name: "a workflow that threw between its steps goes on where it was",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const seen: string[] = [];
      let crashes = true;
      const body = async (ctx: Context) => {
        await ctx.step("a", async () => void seen.push("a"));
        if (crashes) throw new TypeError("crash");
        await ctx.step("b", async () => void seen.push("b"));
        return "done";
      };
      const events: unknown[] = [];
      const onError = (event: object) => void events.push(Object.keys(event));
      const first = await runOn(lib, driver, body, { onError });
      crashes = false;
      return { first, second: await runOn(lib, driver, body, { onError }), seen, events };
    },
  },
  {
    name: "code that throws before it has asked for what is recorded is asked again",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let run = 0;
      let steps = 0;
      const body = async (ctx: Context) => {
        await ctx.step("a", async () => void steps++);
        if (run === 2) throw new RangeError("in between");
        await ctx.step("b", async () => void steps++);
        if (run === 1) throw new Error("at the end");
        return "done";
      };
      const all = [];
      for (run = 1; run <= 3; run++) all.push(await runOn(lib, driver, body));
      return { all, steps };
    },
  },
  {
    name: "a name is used once in a scope",
    observe: async (lib) => {
      const body = async (ctx: Context) => {
        await ctx.step("a", async () => 1);
        await ctx.step("a", async () => 2);
      };
      return runOn(lib, newDriver(lib), body);
    },
  },
  {
    name: "a step that is not awaited is found by the next operation",
    observe: async (lib) => {
      const body = async (ctx: Context) => {
        ctx.step("a", () => new Promise((resolve) => setTimeout(resolve, 20))).catch(() => {});
        await ctx.step("b", async () => 1);
      };
      return runOn(lib, newDriver(lib), body);
    },
  },
  {
    name: "the input is stored with the first run",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = async (ctx: Context, input: unknown) => {
        await ctx.sleep("z", 400);
        return input;
      };
      const first = await runOn(lib, driver, body as never, { input: { n: 1 } });
      const last = await untilEnded(driver, () => runOn(lib, driver, body as never, { input: { n: 2 } }));
      return { first, last };
    },
  },
  {
    name: "values come back as they were",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = async (ctx: Context) => {
        const value = await ctx.step("a", async () => ({
          date: new Date(5),
          map: new Map([["k", new Set([1])]]),
          bytes: new Uint8Array([1, 2]),
          big: 2n ** 70n,
          nothing: null,
          missing: undefined,
        }));
        await ctx.sleep("z", 400);
        const { date, map, bytes, big, nothing } = value;
        return [date.getTime(), map.get("k")?.has(1), [...bytes], String(big), nothing, "missing" in value];
      };
      return untilEnded(driver, () => runOn(lib, driver, body));
    },
  },
];

function stepEvent(event: unknown): unknown {
  const { step } = event as { step?: Record<string, unknown> };
  if (step === undefined) return Object.keys(event as object);
  const { retryAt, error, ...rest } = step;
  const { stack: _, ...plain } = error as Record<string, unknown>;
  return { ...rest, retries: retryAt !== undefined, error: plain };
}
