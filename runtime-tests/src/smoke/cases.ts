import { CriticalError, createClient, createHost, Loop, UnserializableValueError } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { HARD_VALUES } from "./hard-values.ts";
import type { SmokeCase } from "./smoke-case.ts";
import { pause, type SmokeRun } from "./smoke-run.ts";

const nothing = (): Promise<void> => Promise.resolve();

/** Starts the run, kills its process when `what` is noted, and takes the run up again. */
const crashedAt =
  (what: string) =>
  async (run: SmokeRun): Promise<unknown> => {
    run.start();
    await run.noted(what);
    await run.crash();
    return run.outcome();
  };

/** What has to work on every runtime. Bodies note that they run; after a crash the storage alone is left. */
export const CASES: readonly SmokeCase[] = [
  {
    name: "steps run once, in order",
    workflow: async (ctx, note) => {
      const a = await ctx.step("a", () => note("a", 1));
      const b = await ctx.step("b", async () => note("b", a + 1));
      return [a, b, await ctx.step("a/b", () => note("a/b", null))];
    },
    output: [1, 2, null],
    notes: ["a", "b", "a/b"],
  },
  {
    name: "a step is retried, and knows it",
    workflow: (ctx, note) =>
      ctx.step({
        name: "flaky",
        retryBackoffBase: 1,
        run: ({ attempt, lastError }) => {
          note(`${attempt} after ${(lastError as Error | undefined)?.message}`);
          if (attempt < 3) throw new Error(`failure ${attempt}`);
          return attempt;
        },
      }),
    output: 3,
    notes: ["1 after undefined", "2 after failure 1", "3 after failure 2"],
  },
  {
    name: "a step that fails for good is an error as data",
    workflow: async (ctx) => {
      const exhausted = await ctx.tryStep({
        name: "broken",
        maxRetries: 0,
        run: () => Promise.reject(new TypeError("no")),
      });
      const critical = await ctx.tryStep("critical", () => Promise.reject(new CriticalError("never")));
      const failures = [exhausted, critical].map((tried) => (tried.ok ? null : tried.failure));
      const cause = failures[0]?.error.cause;
      return [
        ...failures.map((failure) => failure?.kind),
        cause instanceof TypeError,
        (cause as Error).message,
      ];
    },
    output: ["exhausted", "critical", true, "no"],
  },
  {
    name: "a step times out, and its signal says so",
    workflow: (ctx, note) =>
      ctx.step({
        name: "slow",
        timeout: 15,
        run: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(note("aborted", signal.reason)));
          }),
      }),
    error: "STEP_TIMEOUT",
    notes: ["aborted"],
  },
  {
    name: "a loop goes on after a crash with its state",
    workflow: (ctx, note) =>
      ctx.loop({
        name: "count",
        state: { sum: 0, n: 0 },
        historyPruneInterval: 4,
        historySize: 2,
        run: async (iteration, { sum, n }) => {
          if (n === 30) return Loop.break(sum);
          const add = await iteration.step("add", () => note(`${n}`, n));
          return Loop.continue({ sum: sum + add, n: n + 1 });
        },
      }),
    play: crashedAt("17"),
    output: 435,
  },
  {
    name: "a sleep is as long as it says",
    workflow: async (ctx) => {
      const before = ctx.now();
      await ctx.sleep("rest", 40);
      await ctx.sleepUntil("until", before + 60);
      return ctx.now() - before >= 60;
    },
    output: true,
  },
  {
    name: "a sleep of 60 days does not end at once",
    workflow: async (ctx, note) => {
      await ctx.sleep("rest", "60d");
      note("awake");
    },
    play: async (run) => {
      run.start();
      await run.stands("sleeping");
      await pause(50);
      const cancelled = await run.handle.cancel();
      return [cancelled.cancelled, (await run.handle.result).state];
    },
    output: [true, "cancelled"],
    notes: [],
  },
  {
    name: "messages come in the order in which they were sent",
    workflow: async (ctx) => {
      await ctx.listen("until all are there", "begin");
      const one = await ctx.queue.next("one", { names: ["a", "b"] });
      const more = await ctx.listenN("more", "a", 10);
      const none = await ctx.listenWithTimeout("none", "a", 10);
      const [once, ...twice] = await ctx.listenN("once", "b", 10);
      return [one.name, one.body, more, none, once, ...twice];
    },
    play: async (run) => {
      const { result } = run.start();
      for (const [name, body] of [
        ["b", 1],
        ["a", 2],
        ["a", 3],
      ] as const)
        await run.handle.send(name, body);
      await run.handle.send("b", 4, { messageId: "x" });
      await run.handle.send("b", 5, { messageId: "x" });
      await run.handle.send("begin");
      return (await result).output;
    },
    output: ["b", 1, [2, 3], null, 4],
  },
  {
    name: "a message that was sent before a crash is received after it",
    workflow: async (ctx, note) => {
      note("begun");
      await ctx.step("wait a little", () => pause(20));
      return ctx.listen("go", "go");
    },
    play: async (run) => {
      run.start();
      await run.noted("begun");
      await run.handle.send("go", { on: true });
      await run.crash();
      return run.outcome();
    },
    output: { on: true },
  },
  {
    name: "a request is answered",
    workflow: async (ctx) => {
      const question = await ctx.queue.next("wait", { names: ["question"], completable: true });
      await question.complete({ answer: (question.body as number) * 2 });
      await ctx.listen("until", "end");
    },
    play: async (run) => {
      const { result } = run.start();
      const answer = await run.handle.request("question", 21, { messageId: "q" });
      const again = await run.handle.request("question", 0, { messageId: "q" });
      await run.handle.send("end");
      await result;
      return [answer, again];
    },
    output: [{ answer: 42 }, { answer: 42 }],
  },
  {
    name: "a join gathers its branches",
    workflow: (ctx) =>
      ctx.join("both", {
        a: { run: (branch) => branch.step("same", () => 1) },
        b: { run: (branch) => branch.sleep("same", 5).then(() => "b") },
      }),
    output: { a: 1, b: "b" },
  },
  {
    name: "a race has one winner, and tells the losers",
    workflow: (ctx, note) =>
      ctx.race("first", [
        { name: "never", run: (branch) => branch.sleep("long", "1d") },
        {
          name: "told",
          run: (branch) =>
            branch.step("wait", ({ signal }) => {
              note("waits");
              return new Promise(() => signal.addEventListener("abort", () => note("told")));
            }),
        },
        { name: "quick", run: (branch) => branch.sleep("short", 10).then(() => 7) },
      ]),
    output: { winner: "quick", value: 7 },
    notes: ["waits", "told"],
  },
  {
    name: "a map bounds what runs at once",
    workflow: async (ctx) => {
      let running = 0;
      let most = 0;
      const squares = await ctx.map(
        "squares",
        [1, 2, 3, 4, 5, 6],
        (item, n) =>
          item.step("square", async () => {
            most = Math.max(most, ++running);
            await pause(2);
            running -= 1;
            return n * n;
          }),
        { concurrency: 2 },
      );
      return [squares, most];
    },
    output: [[1, 4, 9, 16, 25, 36], 2],
  },
  {
    name: "results are handed over one at a time, live and on replay",
    workflow: async (ctx, note) => {
      const order: string[] = [];
      const strand = async (name: string, microtasks: number): Promise<void> => {
        await ctx.step(name, nothing);
        for (let n = 0; n < microtasks; n++) await null;
        order.push(name);
      };
      await Promise.all([strand("a", 100), strand("b", 0), strand("c", 10)]);
      const sleeper = (name: string, ms: number): Promise<string> => ctx.sleep(name, ms).then(() => name);
      const winner = await Promise.race([sleeper("x", 500), sleeper("y", 3)]);
      await ctx.step("last", () => note("last"));
      await ctx.sleep("rest", 10);
      return [...order, winner];
    },
    play: crashedAt("last"),
    output: ["a", "b", "c", "y"],
  },
  {
    name: "a rollback undoes what was done, last first",
    workflow: async (ctx, note) => {
      await ctx.rollbackCheckpoint("from here");
      for (const name of ["a", "b"]) {
        const rollback = (_: unknown, result: string): unknown => note(`undo ${result}`);
        await ctx.step({ name, run: () => note(name, name), rollback });
      }
      await ctx.step("fail", () => Promise.reject(new CriticalError("no")));
    },
    error: "CRITICAL",
    notes: ["a", "b", "undo b", "undo a"],
  },
  {
    name: "a crash in the middle of a step runs it again, and nothing before it",
    workflow: async (ctx, note, life) => {
      const drawn = [ctx.random(), ctx.uuid(), await ctx.step("now", () => note("now", Date.now()))];
      const again = await ctx.step("torn", () => {
        note("torn");
        return life === 1 ? new Promise(() => {}) : 1;
      });
      return [typeof drawn[0], String(drawn[1]).length, typeof drawn[2], again];
    },
    play: crashedAt("torn"),
    output: ["number", 36, "number", 1],
    notes: ["now", "torn", "torn"],
  },
  {
    name: "a run keeps to the version that it began with, and to places that were removed",
    workflow: async (ctx, note) => {
      await ctx.step("old", () => note("old"));
      return [1, await ctx.listen("go", "go")];
    },
    play: async (run) => {
      run.start();
      await run.stands("sleeping");
      await run.crash();
      const { result } = run.start({
        workflow: async (ctx, note) => {
          await ctx.removed("old", "step");
          const version = await ctx.getVersion("change", 2);
          const body = await ctx.listen("go", "go");
          const later = await ctx.getVersion("later", 3);
          return [version, body, later, note("new code", true)];
        },
      });
      await run.handle.send("go", "on");
      return (await result).output;
    },
    output: [1, "on", 3, true],
    notes: ["old", "new code"],
  },
  {
    name: "code that does not fit its history starts nothing",
    workflow: async (ctx, note) => {
      await ctx.step("a", () => note("a"));
      await ctx.listen("go", "go");
    },
    play: async (run) => {
      run.start();
      await run.stands("sleeping");
      await run.crash();
      return run.outcome({ workflow: (ctx, note) => ctx.step("b", () => note("b")) });
    },
    error: "HISTORY_DIVERGED",
    notes: ["a"],
  },
  {
    name: "values come back as they were",
    workflow: async (ctx, note) => {
      const wrong: string[] = [];
      for (const [name, { value, same }] of Object.entries(HARD_VALUES)) {
        if (!same(await ctx.step(name, () => value))) wrong.push(name);
      }
      await ctx.step("last", () => note("last"));
      await ctx.sleep("rest", 10);
      return wrong;
    },
    play: crashedAt("last"),
    output: [],
  },
  {
    name: "a value that cannot be stored is refused by its path",
    workflow: async (ctx) => {
      const tried = await ctx.tryStep({
        name: "give",
        maxRetries: 0,
        run: () => ({ list: [1, { call: () => {} }] }),
      });
      const error = tried.ok ? null : tried.failure.error;
      const problem = UnserializableValueError.is(error) ? error : error?.cause;
      return UnserializableValueError.is(problem) && problem.path.includes("list[1].call");
    },
    output: true,
  },
  {
    name: "cancel ends a run for good, and tells its step",
    workflow: (ctx, note) =>
      ctx.step("endless", ({ signal }) => {
        note("begun");
        return new Promise(() => signal.addEventListener("abort", () => note(`${signal.reason.code}`)));
      }),
    play: async (run) => {
      const { result } = run.start();
      await run.noted("begun");
      await run.handle.cancel();
      const late = await run.handle.send("late").catch((error: { code: string }) => error.code);
      return [(await result).state, await run.handle.cancel(), late];
    },
    output: ["cancelled", { cancelled: false, state: "cancelled" }, "RUN_FINISHED"],
    notes: ["begun", "RUN_CANCELLED"],
  },
  {
    name: "a run is paused and resumed",
    workflow: (ctx) => ctx.listen("go", "go"),
    play: async (run) => {
      const first = run.start().result.catch((error: { code: string }) => error.code);
      await run.stands("sleeping");
      await run.handle.pause();
      await run.handle.send("go", 5);
      const state = await run.handle.getState();
      await run.handle.resume();
      return [await first, state, (await run.handle.result).output];
    },
    output: ["RUN_PAUSED", "paused", 5],
  },
  {
    name: "a run is rewound, and forked to another storage",
    workflow: async (ctx, note) => {
      await ctx.step("a", () => note("a"));
      await ctx.step("b", () => note("b"));
    },
    play: async (run) => {
      await run.start().result;
      const driver = memoryDriver({ workflowId: "copy" });
      await run.handle.fork({ from: "b", workflowId: "copy", driver });
      const entries = (await driver.load())?.entries.length ?? 0;
      await run.handle.rewind({ to: "b" });
      await run.handle.result;
      return entries > 0;
    },
    output: true,
    notes: ["a", "b", "b"],
  },
  {
    name: "limits are kept, and say so",
    workflow: (ctx) => ctx.step("n".repeat(257), nothing),
    error: "LIMIT",
  },
  {
    name: "damaged bytes hold the run with a typed error",
    workflow: async (ctx, note) => {
      await ctx.step("a", () => note("a", "a result that can be damaged"));
      await ctx.listen("go", "go");
    },
    play: async (run) => {
      run.start();
      await run.stands("sleeping");
      await run.crash();
      return run.outcome({ damaged: true });
    },
    error: "CORRUPTION",
    notes: ["a"],
  },
  {
    name: "a host runs the runs of a store",
    needsStore: true,
    workflow: async () => null,
    play: async ({ storage, note }) => {
      const store = storage.store?.();
      if (store === undefined) throw new Error("This storage has no store.");
      const greet = {
        name: "greet",
        run: async (ctx: Parameters<SmokeCase["workflow"]>[0], name: string) => {
          await ctx.sleep("rest", 10);
          return `${await ctx.step("greet", () => note("greet", "hello"))} ${await ctx.listen("who", "who")} ${name}`;
        },
      };
      const host = await createHost({ store, workflows: [greet] });
      const started = await host.start(greet, { workflowId: "greet-1", input: "friend" });
      const handle = createClient({ store }).handle("greet-1", greet);
      await handle.send("who", "dear");
      const said = await started.result();
      await host.stop();
      await store.close();
      return said;
    },
    output: "hello dear friend",
    notes: ["greet"],
  },
];
