import { actor, queue } from "rivetkit";
import { Loop, workflow } from "rivetkit/workflow";
import { effect } from "./effects.ts";

interface Told {
  result: unknown;
}

const told = (): Told => ({ result: null });
const actions = { result: (c: { state: Told }) => c.state.result };

function failing(what: string): Promise<never> {
  return Promise.reject(new Error(what));
}

/** Steps, retries, a loop, a join, a race, a short sleep, failures as data. */
export const pipeline = actor({
  state: told(),
  actions,
  run: workflow(async (ctx) => {
    const first = await ctx.step("first", async () => {
      effect("first");
      return { when: new Date(7), big: 12n, set: new Set([1, 2]) };
    });
    let attempts = 0;
    const retried = await ctx.step({
      name: "retried",
      retryBackoffBase: 20,
      run: async () => {
        effect("retried");
        if (++attempts < 3) throw new Error("not yet");
        return attempts;
      },
    });
    const sum = await ctx.loop({
      name: "sum",
      state: { i: 0, sum: 0 },
      historyPruneInterval: 5,
      run: async (inner, { i, sum }) => {
        const added = await inner.step("add", async () => {
          effect(`add ${i}`);
          return sum + i;
        });
        return i === 29 ? Loop.break(added) : Loop.continue({ i: i + 1, sum: added });
      },
    });
    const joined = await ctx.join("both", {
      left: { run: (inner) => inner.step("l", async () => "L") },
      right: {
        run: async (inner) => {
          await inner.sleep("nap", 150);
          return "R";
        },
      },
    });
    const raced = await ctx.race("fastest", [
      { name: "quick", run: (inner) => inner.step("q", async () => "Q") },
      {
        name: "slow",
        run: async (inner) => {
          await inner.sleep("long", 3_600_000);
          return "S";
        },
      },
    ]);
    const failure = await ctx.tryStep({ name: "fails", maxRetries: 0, run: () => failing("broken") });
    const rich = [first.when.getTime(), String(first.big), first.set.size];
    await ctx.step("tell", async (step) => {
      const kind = failure.ok ? "none" : failure.failure.kind;
      step.state.result = { rich, retried, sum, joined, winner: raced.winner, kind };
    });
  }),
});

/** Messages with answers, for ever. */
export const mailbox = actor({
  state: { handled: 0 },
  queues: { requests: queue<{ value: number }, { doubled: number }>(), notes: queue<string>() },
  actions: { handled: (c) => c.state.handled },
  run: workflow(async (ctx) => {
    await ctx.loop("requests", async (inner) => {
      const message = await inner.queue.next("next", { names: ["requests", "notes"], completable: true });
      const answer = await inner.step("handle", async (step) => {
        effect(`handle ${JSON.stringify(message.body)}`);
        step.state.handled += 1;
        const { value } = message.body as { value?: number };
        return value === undefined ? null : { doubled: value * 2 };
      });
      await message.complete?.(answer as never);
    });
  }),
});

/** A long sleep, in which the server is restarted. */
export const sleeper = actor({
  state: told(),
  actions,
  run: workflow(async (ctx) => {
    const before = await ctx.step("before", async () => {
      effect("before");
      return Date.now();
    });
    await ctx.sleep("long", Number(process.env.LONG_SLEEP_MS));
    const after = await ctx.step("after", async () => {
      effect("after");
      return Date.now();
    });
    await ctx.step("tell", async (step) => {
      step.state.result = { slept: after - before };
    });
  }),
});

/** Two steps that are undone. */
export const undone = actor({
  state: told(),
  actions,
  run: workflow(async (ctx) => {
    await ctx.rollbackCheckpoint("from here");
    for (const name of ["hotel", "flight"])
      await ctx.step({
        name,
        run: async () => {
          effect(`book ${name}`);
          return name;
        },
        rollback: async (_context, booked) => effect(`cancel ${booked}`),
      });
    await ctx.step({ name: "pay", maxRetries: 0, run: () => failing("no money") });
  }),
});
