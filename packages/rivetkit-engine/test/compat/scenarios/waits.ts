import {
  type Context,
  type Handle,
  historyOf,
  newDriver,
  outcome,
  runOn,
  type Scenario,
  untilAsleep,
  untilEnded,
} from "../library.ts";

const message = (id: string, name: string, data: unknown) => ({ id, name, data, sentAt: Number(id) });

export const waits: Scenario[] = [
  {
    name: "a short sleep is waited for in memory, a longer one parks with an alarm",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = async (ctx: Context) => {
        await ctx.sleep("short", 20);
        await ctx.sleep("long", 400);
        return 1;
      };
      const first = await runOn(lib, driver, body);
      const alarmed = driver.getAlarm("wf") !== undefined;
      const last = await untilEnded(driver, () => runOn(lib, driver, body));
      return { first, alarmed, last, alarm: driver.getAlarm("wf"), history: await historyOf(lib, driver) };
    },
  },
  {
    name: "in live mode sleeps are waited for",
    observe: (lib) =>
      runOn(lib, newDriver(lib), (ctx) => ctx.sleep("z", 400).then(() => "awake"), { mode: "live" }),
  },
  {
    name: "times that have passed",
    observe: (lib) =>
      runOn(lib, newDriver(lib), async (ctx) => {
        await ctx.sleepUntil("past", Date.now() - 1000);
        await ctx.sleep("zero", 0);
        await ctx.sleep("negative", -5);
        return "on";
      }),
  },
  {
    name: "a run waits for a message of its names, and receives it in its next run",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = async (ctx: Context) => {
        const { name, body: data } = await ctx.queue.next("q", { names: ["m"] });
        return [name, data];
      };
      const handle = lib.runWorkflow("wf", body, undefined, driver) as Handle;
      const first = await outcome(handle);
      await handle.message("other", 0);
      const second = await runOn(lib, driver, body);
      await handle.message("m", { x: 1 });
      const third = await runOn(lib, driver, body);
      const left = await driver.messageDriver.receiveMessages({ count: 5, completable: true });
      return { first, second, third, left: left.map(({ name }) => name) };
    },
  },
  {
    name: "in live mode a message goes on in place",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = (ctx: Context) =>
        ctx.loop({
          name: "l",
          state: [] as unknown[],
          run: async (inner, seen) => {
            const got = await inner.queue.next("q", { names: ["a", "b"] });
            const all = [...seen, [got.name, got.body]];
            return all.length === 3 ? lib.Loop.break(all) : lib.Loop.continue(all);
          },
        });
      const handle = lib.runWorkflow("wf", body, undefined, driver, { mode: "live" }) as Handle;
      await untilAsleep(handle);
      for (const [i, name] of ["a", "b", "a"].entries()) await handle.message(name, i);
      return outcome(handle);
    },
  },
  {
    name: "without names any message is received, oldest first",
    observe: async (lib) => {
      const driver = newDriver(lib);
      for (const one of [message("1", "m", 1), message("2", "k", 2), message("3", "m", 3)])
        await driver.messageDriver.addMessage(one);
      const body = async (ctx: Context) => [
        await ctx.queue.next("one"),
        await ctx.queue.nextBatch("rest", { count: 10 }),
      ];
      const first = await runOn(lib, driver, body);
      const second = await runOn(lib, driver, body);
      const left = await driver.messageDriver.receiveMessages({ count: 10, completable: true });
      return { first, second, left };
    },
  },
  {
    name: "waiting for any message",
    observe: (lib) => runOn(lib, newDriver(lib), (ctx) => ctx.queue.next("q")),
  },
  {
    name: "a wait that times out",
    observe: async (lib) => {
      const next = newDriver(lib);
      const batch = newDriver(lib);
      const nextBody = (ctx: Context) => ctx.queue.next("q", { names: ["m"], timeout: 300 });
      const batchBody = (ctx: Context) => ctx.queue.nextBatch("q", { names: ["m"], timeout: 300 });
      return {
        parked: await runOn(lib, next, nextBody),
        next: await untilEnded(next, () => runOn(lib, next, nextBody)),
        batch: await untilEnded(batch, () => runOn(lib, batch, batchBody)),
        live: await runOn(lib, newDriver(lib), batchBody, { mode: "live" }),
        atOnce: await runOn(lib, newDriver(lib), (ctx) => ctx.queue.nextBatch("q", { timeout: 0 })),
      };
    },
  },
  {
    name: "options of waits that make no sense are rounded to ones that do",
    observe: async (lib) => {
      const options = [{ count: 0 }, { count: -1 }, { count: 1.5 }, { names: [] }, { timeout: -5 }];
      const runs: unknown[] = [];
      for (const one of options)
        runs.push(
          await runOn(lib, newDriver(lib), (ctx) => ctx.queue.nextBatch("q", { names: ["m"], ...one })),
        );
      return runs;
    },
  },
  {
    name: "a completable message is completed once, with its answer",
    observe: async (lib) => {
      const driver = newDriver(lib);
      for (const one of [message("1", "m", 1), message("2", "m", 2)])
        await driver.messageDriver.addMessage(one);
      const body = async (ctx: Context) => {
        const first = await ctx.queue.next("q1", { names: ["m"], completable: true });
        const blocked = await ctx.queue.next("blocked", { names: ["m"] }).catch((error) => error.message);
        await first.complete?.({ ok: true });
        const twice = await first.complete?.({ ok: false }).catch((error) => error.message);
        const second = await ctx.queue.next("q2", { names: ["m"], completable: true });
        await second.complete?.();
        return { blocked, twice, ids: [first.id, second.id], keys: Object.keys(first) };
      };
      const first = await runOn(lib, driver, body);
      const left = await driver.messageDriver.receiveMessages({ count: 10, completable: true });
      return { first, left };
    },
  },
  {
    name: "a completable message is still the run's after a crash, and is completed then",
    observe: async (lib) => {
      const driver = newDriver(lib);
      await driver.messageDriver.addMessage(message("1", "m", 1));
      let crashes = true;
      const body = async (ctx: Context) => {
        const got = await ctx.queue.next("q", { names: ["m"], completable: true });
        await ctx.step("work", async () => 1);
        if (crashes) throw new Error("crash");
        await got.complete?.("answer");
        return got.id;
      };
      const first = await runOn(lib, driver, body);
      const between = await driver.messageDriver.receiveMessages({ count: 10, completable: true });
      crashes = false;
      const second = await runOn(lib, driver, body);
      const left = await driver.messageDriver.receiveMessages({ count: 10, completable: true });
      return { first, between, second, left };
    },
  },
  {
    name: "a run sends messages to itself",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = async (ctx: Context) => {
        await ctx.queue.send("m", { a: 1 });
        const got = await ctx.queue.next("q", { names: ["m"] });
        await ctx.queue.send("later", 2);
        return got.body;
      };
      const run = await runOn(lib, driver, body);
      const left = await driver.messageDriver.receiveMessages({ count: 10, completable: true });
      return { run, left: left.map(({ name, data }) => [name, data]) };
    },
  },
];
