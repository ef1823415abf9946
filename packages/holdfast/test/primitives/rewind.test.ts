import { Loop } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** Runs to the end, goes back to `to`, runs to the end again; what was called each time. */
async function again(
  workflow: (ctx: WorkflowContext, calls: string[]) => Promise<unknown>,
  to: string,
): Promise<{ readonly first: readonly string[]; readonly second: readonly string[] }> {
  const calls: string[] = [];
  const handle = lab.start((ctx: WorkflowContext) => workflow(ctx, calls), { mode: "live" });
  const { output } = await lab.clock.settle(handle.result);
  const first = calls.splice(0);
  await lab.clock.settle(handle.rewind({ to }));
  expect((await lab.clock.settle(handle.result)).output).toEqual(output);
  return { first, second: calls };
}

const called = (ctx: WorkflowContext, calls: string[], name: string): Promise<string> =>
  ctx.step(name, () => {
    calls.push(name);
    return name;
  });

describe("rewind to a block", () => {
  it.each([
    ["that it has pruned", 2, 0],
    ["that it keeps", 2, 10],
    ["that it never recorded", 10, 10],
  ])("begins a loop again, with iterations %s", async (_what, historyPruneInterval, historySize) => {
    const { first, second } = await again(async (ctx, calls) => {
      await called(ctx, calls, "before");
      const sum = await ctx.loop({
        name: "loop",
        state: 0,
        historyPruneInterval,
        historySize,
        run: async (inner, state) => {
          await called(inner, calls, "inside");
          return state === 4 ? Loop.break(state) : Loop.continue(state + 1);
        },
      });
      await called(ctx, calls, "after");
      return sum;
    }, "loop");
    const five = ["inside", "inside", "inside", "inside", "inside"];
    expect(first).toEqual(["before", ...five, "after"]);
    expect(second).toEqual([...five, "after"]);
  });

  it("begins a loop again that is at work", async () => {
    const calls: string[] = [];
    const handle = lab.start(
      async (ctx: WorkflowContext) =>
        ctx.loop({
          name: "loop",
          state: 0,
          historyPruneInterval: 1,
          historySize: 0,
          run: async (inner, state) => {
            await called(inner, calls, `at ${state}`);
            if (state === 2) await inner.listen("wait", "go");
            return state === 3 ? Loop.break(state) : Loop.continue(state + 1);
          },
        }),
      { mode: "live" },
    );
    await lab.clock.runUntilIdle();
    await lab.clock.settle(handle.rewind({ to: "loop" }));
    await handle.send("go");
    expect((await lab.clock.settle(handle.result)).output).toBe(3);
    expect(calls).toEqual(["at 0", "at 1", "at 2", "at 0", "at 1", "at 2", "at 3"]);
  });

  it("goes back in a loop that has gone on, to an iteration whose state is kept, with the time at which that began", async () => {
    const calls: string[] = [];
    const times: number[] = [];
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        await ctx.rollbackCheckpoint("checkpoint");
        return ctx.loop({
          name: "loop",
          state: 0,
          historyPruneInterval: 1,
          run: async (inner, state) => {
            times.push(inner.now());
            await inner.step({
              name: "body",
              run: () => calls.push(`body ${state}`),
              rollback: () => {},
            });
            if (state === 3) await inner.listen("wait", "go");
            await inner.sleep("nap", 1_000);
            return state === 4 ? Loop.break(state) : Loop.continue(state + 1);
          },
        });
      },
      { mode: "live" },
    );
    await lab.clock.advance(10_000);
    expect(calls.splice(0)).toEqual(["body 0", "body 1", "body 2", "body 3"]);
    const began = times.splice(0)[1];
    await lab.clock.settle(handle.rewind({ to: "loop/#1/body" }));
    await lab.clock.advance(10_000);
    expect(calls).toEqual(["body 1", "body 2", "body 3"]);
    expect(times[0]).toBe(began);
    await lab.clock.settle(handle.send("go"));
    expect((await lab.clock.settle(handle.result)).output).toBe(4);
  });

  it("begins an iteration again whose state is kept, with what it and later ones had received", async () => {
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        await ctx.rollbackCheckpoint("checkpoint");
        return ctx.loop<unknown[], unknown[]>({
          name: "loop",
          state: [],
          historyPruneInterval: 1,
          run: async (inner, state) => {
            const all = [...state, await inner.listen("wait", "note")];
            await inner.step({ name: "body", run: () => all.length, rollback: () => {} });
            return all.length === 4 ? Loop.break(all) : Loop.continue(all);
          },
        });
      },
      { mode: "live" },
    );
    for (const note of [1, 2, 3]) await handle.send("note", note);
    await lab.clock.advance(1_000);
    await lab.clock.settle(handle.rewind({ to: "loop/#1" }));
    await lab.clock.settle(handle.send("note", 4));
    expect((await lab.clock.settle(handle.result)).output).toEqual([1, 2, 3, 4]);
  });

  it("runs a race again, losers and all", async () => {
    const { first, second } = await again(async (ctx, calls) => {
      const { winner } = await ctx.race("race", [
        { name: "slow", run: (inner) => inner.sleep("sleep", 50) },
        { name: "fast", run: (inner) => called(inner, calls, "fast") },
      ]);
      return winner;
    }, "race");
    expect([first, second]).toEqual([["fast"], ["fast"]]);
  });

  it("runs the branches of a join again, and what else was committed since it began", async () => {
    const { second } = await again(async (ctx, calls) => {
      await called(ctx, calls, "before");
      const beside = called(ctx, calls, "beside");
      const joined = ctx.join("join", {
        a: { run: (inner) => called(inner, calls, "a") },
        b: { run: (inner) => called(inner, calls, "b") },
      });
      return [await beside, await joined];
    }, "join");
    expect(second.toSorted()).toEqual(["a", "b", "beside"]);
  });

  it("queues again what was received inside", async () => {
    const calls: string[] = [];
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        const tried = await ctx.try("try", (inner) => inner.listen("wait", "go"));
        await called(ctx, calls, "after");
        return tried;
      },
      { mode: "live" },
    );
    await handle.send("go", 7);
    await lab.clock.settle(handle.result);
    await lab.clock.settle(handle.rewind({ to: "try" }));
    expect((await lab.clock.settle(handle.result)).output).toEqual({ ok: true, value: 7 });
    expect(calls).toEqual(["after", "after"]);
  });
});

describe("rewind to before what the run sent to itself", () => {
  /** Sends to itself what it receives in part; the rest stays queued. */
  const sends = async (ctx: WorkflowContext): Promise<unknown> => {
    await ctx.queue.send("note", "kept");
    await ctx.step("before", () => {});
    await ctx.queue.send("note", 1);
    await ctx.join("both", {
      a: { run: (inner) => inner.queue.send("note", 2) },
      b: { run: (inner) => inner.queue.send("other", 3) },
    });
    const received = [await ctx.listen("first", "note"), await ctx.listen("second", "note")];
    await ctx.listen("end", "end");
    return [...received, ...(await ctx.listenN("all that is left", "note", 10))];
  };

  it.each([
    ["the first of it", "before", ["kept", "from outside"]],
    ["what it received of it", "first", ["kept", 1]],
  ])("%s: each message arrives once", async (_what, to, received) => {
    const handle = lab.start(sends, { mode: "live" });
    await lab.clock.runUntilIdle();
    await handle.send("note", "from outside");
    await lab.clock.settle(handle.rewind({ to }));
    await lab.clock.runUntilIdle();
    await handle.send("end", null);
    const { output } = await lab.clock.settle(handle.result);
    expect([...(output as unknown[])].sort()).toEqual([1, 2, "from outside", "kept"]);
    expect((output as unknown[]).slice(0, 2)).toEqual(received);
    const left = await lab.storage.peekMessages(null, 100);
    expect(left.map(({ name }) => name)).toEqual(["other"]);
  });
});

describe("rewind to an entry beside others", () => {
  const rounds = (calls: string[]) => (ctx: WorkflowContext) =>
    ctx.loop({
      name: "rounds",
      state: 0,
      historyPruneInterval: 1,
      historySize: 0,
      run: async (inner, state) => {
        await called(inner, calls, `round ${state}`);
        await inner.sleep("nap", 10);
        return state === 3 ? Loop.break(state) : Loop.continue(state + 1);
      },
    });

  it.each([
    ["that has gone on since", 25, "RUN_STATE"],
    ["that has ended before", 1_000, null],
  ])("is refused beside a loop %s, and changes nothing", async (_what, delayMs, code) => {
    const calls: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.join("both", {
        loop: { run: rounds(calls) },
        other: {
          run: async (inner) => {
            await inner.sleep("first", delayMs);
            return called(inner, calls, "other");
          },
        },
      });
      await called(ctx, calls, "after");
    };
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.settle(handle.result);
    const all = ["after", "other", "round 0", "round 1", "round 2", "round 3"];
    expect(calls.splice(0).toSorted()).toEqual(all);
    const refused = handle.rewind({ to: "both/~other/other" }).then(
      () => null,
      (error: unknown) => (error as { code: string }).code,
    );
    expect(await lab.clock.settle(refused)).toBe(code);
    await lab.clock.settle(handle.result);
    expect(calls).toEqual(code === null ? ["other", "after"] : []);
    expect(await lab.clock.settle(handle.getState())).toBe("completed");
  });

  it("is refused beside a loop that went on by what ran beside it, and asked for nothing itself", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const beside = ["a", "b", "c"].map((name, i) => ctx.sleep(name, 10 * (i + 1)));
      const rounds = ctx.loop<number>({
        name: "rounds",
        state: 0,
        historyPruneInterval: 1,
        run: async (_inner, n) => {
          await beside[n];
          return Loop.continue(n + 1);
        },
      });
      await ctx.sleep("first", 15);
      await ctx.step("other", () => 1);
      await rounds;
    };
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(25);
    const refused = handle.rewind({ to: "other" }).catch((error: unknown) => error);
    expect(await lab.clock.settle(refused)).toMatchObject({ code: "RUN_STATE" });
  });

  it.each([
    ["ended with its only iteration", { last: 0, fails: false, historySize: 0 }, "RUN_STATE"],
    ["ended with its only iteration, which it keeps,", { last: 0, fails: false, historySize: 1 }, null],
    ["failed with its second iteration", { last: 1, fails: true, historySize: 0 }, "RUN_STATE"],
    ["failed with its first iteration", { last: 0, fails: true, historySize: 0 }, null],
  ])(
    "beside a loop that %s since, no body from before runs again",
    async (_how, { last, fails, historySize }, code) => {
      const calls: string[] = [];
      const workflow = (ctx: WorkflowContext) =>
        ctx.join("both", {
          loop: {
            run: (inner) =>
              inner.loop({
                name: "rounds",
                state: 0,
                historyPruneInterval: 1,
                historySize,
                run: async (round, state) => {
                  await called(round, calls, `round ${state}`);
                  if (state < last) return Loop.continue(state + 1);
                  await round.sleep("nap", 50);
                  if (fails) throw new Error("no");
                  return Loop.break(state);
                },
              }),
          },
          other: { run: (inner) => inner.sleep("first", 20).then(() => called(inner, calls, "other")) },
        });
      const handle = lab.start(workflow, { mode: "live" });
      await lab.clock.settle(handle.result.catch(() => {}));
      calls.length = 0;
      const refusal = handle.rewind({ to: "both/~other/other" }).then(
        () => null,
        (error: unknown) => (error as { code: string }).code,
      );
      expect(await lab.clock.settle(refusal)).toBe(code);
      await lab.clock.settle(handle.result.catch(() => {}));
      expect(calls).toEqual(code === null ? ["other"] : []);
    },
  );

  it("is refused beside a race that was decided since", async () => {
    const calls: string[] = [];
    const workflow = (ctx: WorkflowContext) =>
      ctx.join("both", {
        race: {
          run: (inner) =>
            inner.race("race", [
              { name: "loser", run: (b) => called(b, calls, "loser").then(() => b.sleep("nap", 100)) },
              { name: "winner", run: (b) => b.sleep("nap", 50) },
            ]),
        },
        other: { run: (inner) => inner.sleep("first", 20).then(() => called(inner, calls, "other")) },
      });
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.settle(handle.result);
    const refused = handle.rewind({ to: "both/~other/other" }).catch((error: unknown) => error);
    expect(await lab.clock.settle(refused)).toMatchObject({ code: "RUN_STATE" });
    expect(calls.toSorted()).toEqual(["loser", "other"]);
  });
});

describe("rewind to an answer", () => {
  it("keeps the message that was received, and gives the answer again", async () => {
    const calls: string[] = [];
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        const message = await ctx.queue.next("wait", { names: ["ask"], completable: true });
        await called(ctx, calls, `asked ${message.body}`);
        await message.complete(`answer to ${message.body}`);
        await called(ctx, calls, "after");
        return message.body;
      },
      { mode: "live" },
    );
    const answer = handle.request("ask", "one", { messageId: "q" });
    expect((await lab.clock.settle(handle.result)).output).toBe("one");
    expect(await lab.clock.settle(answer)).toBe("answer to one");
    await lab.clock.settle(handle.rewind({ to: "wait/!0" }));
    expect((await lab.clock.settle(handle.result)).output).toBe("one");
    expect(calls).toEqual(["asked one", "after", "after"]);
    expect(await lab.clock.settle(handle.request("ask", "one", { messageId: "q" }))).toBe("answer to one");
  });
});
