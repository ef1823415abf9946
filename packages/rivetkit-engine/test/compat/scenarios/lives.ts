import {
  type Context,
  errorData,
  type Handle,
  historyOf,
  newDriver,
  outcome,
  pause,
  runOn,
  type Scenario,
  until,
  untilAsleep,
} from "../library.ts";

export const lives: Scenario[] = [
  {
    name: "code that throws in a block is asked again in its next run, in a join or race it has failed",
    observe: async (lib) => {
      const seen: string[] = [];
      const runs: unknown[] = [];
      for (const kind of ["join", "race", "try", "loop"]) {
        const driver = newDriver(lib);
        let crashes = true;
        const branch = async (ctx: Context) => {
          await ctx.step("s", async () => void seen.push(`${kind} s`));
          if (crashes) throw new Error("crash");
          return "ok";
        };
        const body = (ctx: Context): Promise<unknown> => {
          if (kind === "join") return ctx.join("b", { a: { run: branch } });
          if (kind === "race") return ctx.race("b", [{ name: "a", run: branch }]);
          if (kind === "try") return ctx.try("b", branch);
          return ctx.loop("b", async (inner) => lib.Loop.break(await branch(inner)));
        };
        const first = await runOn(lib, driver, body);
        crashes = false;
        runs.push([kind, first, await runOn(lib, driver, body)]);
      }
      return { runs, seen };
    },
  },
  {
    name: "evicting a run that sleeps",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = (ctx: Context) => ctx.sleep("z", 60_000);
      const handle = lib.runWorkflow("wf", body, undefined, driver, { mode: "live" }) as Handle;
      await untilAsleep(handle);
      handle.evict();
      return { ended: await outcome(handle), stored: await handle.getState() };
    },
  },
  {
    name: "evicting a run that waits for a message",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = (ctx: Context) => ctx.queue.next("q", { names: ["m"] });
      const handle = lib.runWorkflow("wf", body, undefined, driver, { mode: "live" }) as Handle;
      await untilAsleep(handle);
      handle.evict();
      return { ended: await outcome(handle), stored: await handle.getState() };
    },
  },
  {
    name: "evicting a run lets its step end and keeps the result",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const seen: unknown[] = [];
      let started = false;
      const body = async (ctx: Context) => {
        await ctx.step("s", async () => {
          started = true;
          await until(() => ctx.isEvicted());
          seen.push(["s", ctx.isEvicted(), ctx.abortSignal.aborted]);
        });
        await ctx.step("t", async () => void seen.push("t"));
        return "done";
      };
      const handle = lib.runWorkflow("wf", body, undefined, driver, { mode: "live" }) as Handle;
      await until(() => started);
      handle.evict();
      const ended = await outcome(handle);
      const history = await historyOf(lib, driver);
      return { ended, history, again: await runOn(lib, driver, body), seen };
    },
  },
  {
    name: "a cancelled run stays cancelled",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = (ctx: Context) => ctx.sleep("z", 60_000);
      const handle = lib.runWorkflow("wf", body, undefined, driver) as Handle;
      const parked = await outcome(handle);
      await handle.cancel();
      const stored = await handle.getState();
      const again = await runOn(lib, driver, body);
      await handle.recover();
      return { parked, stored, again, alarm: driver.getAlarm("wf"), recovered: await handle.getState() };
    },
  },
  {
    name: "cancelling a run that sleeps in memory",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = (ctx: Context) => ctx.sleep("z", 60_000);
      const handle = lib.runWorkflow("wf", body, undefined, driver, { mode: "live" }) as Handle;
      await untilAsleep(handle);
      await handle.cancel();
      return { ended: await outcome(handle), stored: await handle.getState(), alarm: driver.getAlarm("wf") };
    },
  },
  {
    name: "waking sets the alarm for now and ends no sleep",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = (ctx: Context) => ctx.sleep("z", 60_000);
      const handle = lib.runWorkflow("wf", body, undefined, driver) as Handle;
      await outcome(handle);
      await handle.wake();
      await pause(2);
      return { due: driver.getDueAlarms(), again: await runOn(lib, driver, body) };
    },
  },
  {
    name: "state and output of a run",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const body = async (ctx: Context) => {
        await ctx.sleep("z", 60);
        return { a: 1 };
      };
      const handle = lib.runWorkflow("wf", body, undefined, driver, { mode: "live" }) as Handle;
      await until(async () => (await handle.getState()) !== "pending");
      const during = [await handle.getState(), await handle.getOutput()];
      await handle.result;
      return { during, after: [await handle.getState(), await handle.getOutput()] };
    },
  },
  {
    name: "handlers undo steps in reverse order",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const undone: unknown[] = [];
      const events: unknown[] = [];
      const body = async (ctx: Context) => {
        await ctx.rollbackCheckpoint("cp");
        for (const name of ["a", "b", "c"])
          await ctx.step({
            name,
            run: async () => name,
            rollback: async (context, output) => {
              undone.push([context.workflowId, context.isEvicted(), output]);
            },
          });
        throw new Error("fails");
      };
      const run = await runOn(lib, driver, body, {
        onError: (event) => void events.push(Object.keys(event)),
      });
      return { run, undone, events };
    },
  },
  {
    name: "a handler that fails is tried again by the next run",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const undone: unknown[] = [];
      let broken = true;
      const body = async (ctx: Context) => {
        await ctx.rollbackCheckpoint("cp");
        for (const name of ["a", "b", "c"])
          await ctx.step({
            name,
            run: async () => name,
            rollback: async (_context, output) => {
              undone.push(output);
              if (output === "b" && broken) throw new Error("handler");
            },
          });
        throw new Error("fails");
      };
      const first = await runOn(lib, driver, body);
      broken = false;
      return { first, second: await runOn(lib, driver, body), undone };
    },
  },
  {
    name: "a RollbackError undoes at once",
    observe: async (lib) => {
      const undone: unknown[] = [];
      const body = async (ctx: Context) => {
        await ctx.rollbackCheckpoint("cp");
        const rollback = async (_context: unknown, output: string) => void undone.push(output);
        await ctx.step({ name: "a", run: async () => "A", rollback });
        await ctx.step("b", async () => {
          throw new lib.RollbackError("back");
        });
      };
      return { run: await runOn(lib, newDriver(lib), body), undone };
    },
  },
  {
    name: "a handler needs a checkpoint",
    observe: (lib) =>
      runOn(lib, newDriver(lib), (ctx) =>
        ctx.step({ name: "a", run: async () => 1, rollback: async () => {} }),
      ),
  },
  {
    name: "another kind at a recorded place is a divergence",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let changed = false;
      const body = async (ctx: Context) => {
        if (changed) await ctx.sleep("a", 1);
        else await ctx.step("a", async () => 1);
        await ctx.sleep("z", 60_000);
      };
      const first = await runOn(lib, driver, body);
      changed = true;
      const second = await runOn(lib, driver, body);
      changed = false;
      return { first, second, third: await runOn(lib, driver, body) };
    },
  },
  {
    name: "a run that is behind a version gate keeps the first version",
    observe: async (lib) => {
      const [old, fresh] = [newDriver(lib), newDriver(lib)];
      const seen: unknown[] = [];
      let gated = false;
      const body = async (ctx: Context) => {
        const version = gated ? await ctx.getVersion("g", 2) : 1;
        seen.push(version);
        await ctx.step(version === 1 ? "old" : "new", async () => version);
        await ctx.sleep("z", 60_000);
      };
      await runOn(lib, old, body);
      gated = true;
      await runOn(lib, old, body);
      await runOn(lib, old, body);
      await runOn(lib, fresh, body);
      const bad = await runOn(lib, newDriver(lib), (ctx) => ctx.getVersion("g", 0));
      return { seen, bad, fresh: await historyOf(lib, fresh) };
    },
  },
  {
    name: "removed keeps the place of a step",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let gone = false;
      const body = async (ctx: Context) => {
        if (gone) await ctx.removed("old", "step");
        else await ctx.step("old", async () => 1);
        await ctx.sleep("z", 60_000);
      };
      const first = await runOn(lib, driver, body);
      gone = true;
      return { first, second: await runOn(lib, driver, body), new: await runOn(lib, newDriver(lib), body) };
    },
  },
  {
    name: "removed keeps the place of every kind of operation",
    observe: async (lib) => {
      const places: Record<string, (ctx: Context) => Promise<unknown>> = {
        sleep: (ctx) => ctx.sleep("q", 1),
        message: (ctx) => ctx.queue.nextBatch("q", { timeout: 0 }),
        join: (ctx) => ctx.join("q", { a: { run: (inner) => inner.step("s", async () => 1) } }),
        race: (ctx) => ctx.race("q", [{ name: "a", run: (inner) => inner.step("s", async () => 1) }]),
        loop: (ctx) => ctx.loop("q", async () => lib.Loop.break(1)),
        rollback_checkpoint: (ctx) => ctx.rollbackCheckpoint("q"),
        version_check: (ctx) => ctx.getVersion("q", 2),
      };
      const runs: unknown[] = [];
      for (const [kind, perform] of Object.entries(places)) {
        const driver = newDriver(lib);
        await runOn(lib, driver, async (ctx) => {
          await perform(ctx);
          await ctx.sleep("z", 60_000);
        });
        const second = await runOn(lib, driver, async (ctx) => {
          await ctx.removed("q", kind as never);
          await ctx.sleep("z", 60_000);
        });
        runs.push([kind, second]);
      }
      return runs;
    },
  },
  {
    name: "a run is taken back to a step",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const runs = { a: 0, b: 0, c: 0 };
      const body = async (ctx: Context) => {
        await ctx.step("a", async () => void runs.a++);
        await ctx.join("j", { x: { run: (inner) => inner.step("b", async () => void runs.b++) } });
        await ctx.step("c", async () => void runs.c++);
        return { ...runs };
      };
      const first = await runOn(lib, driver, body);
      const idOf = async (key: string) => (await lib.loadStorage(driver)).history.entries.get(key)?.id;
      await lib.replayWorkflowFromStep("wf", driver, await idOf("c"));
      const due = driver.getDueAlarms();
      const replayed = await runOn(lib, driver, body);
      await lib.replayWorkflowFromStep("wf", driver, await idOf("j/x/b"), { scheduleAlarm: false });
      const branch = await runOn(lib, driver, body);
      const refused = [];
      for (const id of ["nope", await idOf("j")])
        refused.push(await lib.replayWorkflowFromStep("wf", driver, id).catch(errorData));
      const { entries } = await lib.replayWorkflowFromStep("wf", driver);
      return { first, due, replayed, branch, refused, entries, anew: await runOn(lib, driver, body) };
    },
  },
  {
    name: "a run is not taken back under a step that runs",
    observe: async (lib) => {
      const driver = newDriver(lib);
      let [started, ends] = [false, false];
      const body = (ctx: Context) =>
        ctx.step("s", async () => {
          started = true;
          await until(() => ends);
        });
      const handle = lib.runWorkflow("busy", body, undefined, driver) as Handle;
      await until(() => started);
      const refused = await lib.replayWorkflowFromStep("busy", driver).catch(errorData);
      ends = true;
      return { refused, ended: await outcome(handle) };
    },
  },
  {
    name: "spans of runs and attempts",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const log: unknown[] = [];
      const span = {
        run: <T>(body: () => Promise<T>) => body(),
        startStep: (name: string, attempt: number) => {
          log.push(["step", name, attempt]);
          return {
            run: <T>(body: () => Promise<T>) => body(),
            finish: (how: string, error?: unknown) => void log.push([how, (error as Error)?.message]),
          };
        },
        finish: async (how: string) => void log.push(["end", how]),
      };
      Object.assign(driver, { telemetry: { startSpan: async () => span } });
      let broken = true;
      const body = async (ctx: Context) => {
        await ctx.step("a", async () => 1);
        await ctx.step({
          name: "b",
          retryBackoffBase: 1,
          run: async () => {
            if (broken) throw new Error("x");
          },
        });
        await ctx.step("c", async () => {
          throw new lib.CriticalError("c");
        });
      };
      await runOn(lib, driver, body);
      broken = false;
      await pause(10);
      await runOn(lib, driver, body);
      return log;
    },
  },
];
