import { Loop, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { expectNoStrays } from "./stray-watch.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

function thenable(then: (ok: (value: number) => void, no: (error: Error) => void) => unknown): object {
  // biome-ignore lint/suspicious/noThenProperty: a hostile thenable is what the test is about.
  return Object.defineProperty({}, "then", { value: then });
}

/** Where a context can be kept beyond its scope. */
const scopes: Readonly<
  Record<string, (ctx: WorkflowContext, keep: (inner: WorkflowContext) => void) => Promise<unknown>>
> = {
  try: (ctx, keep) => ctx.try("b", async (inner) => keep(inner)),
  loop: (ctx, keep) =>
    ctx.loop("b", async (inner) => {
      keep(inner);
      return Loop.break();
    }),
  join: (ctx, keep) => ctx.join("b", { only: { run: async (inner) => keep(inner) } }),
  race: (ctx, keep) => ctx.race("b", [{ name: "only", run: async (inner) => keep(inner) }]),
  map: (ctx, keep) => ctx.map("b", [1], async (inner) => keep(inner)),
};

/** What is done with it then. */
const uses: Readonly<Record<string, (kept: WorkflowContext) => unknown>> = {
  step: (kept) => kept.step("late", () => 1),
  sleep: (kept) => kept.sleep("late", 1),
  queue: (kept) => kept.queue.next("late", { names: ["m"] }),
  send: (kept) => kept.queue.send("m", 1),
  loop: (kept) => kept.loop("late", async () => Loop.break()),
  map: (kept) => kept.map("late", [1], async () => 1),
  version: (kept) => kept.getVersion("late", 2),
};

describe.each(Object.entries(scopes))("a context that is kept from a %s", (_, open) => {
  it.each(Object.entries(uses))("is refused for %s, and the run ends as the code says", async (_use, use) => {
    expectNoStrays();
    const result = await lab.run(
      async (ctx: WorkflowContext) => {
        let kept: WorkflowContext | undefined;
        await open(ctx, (inner) => {
          kept = inner;
        });
        const told = await Promise.resolve()
          .then(() => use(kept as WorkflowContext))
          .then(
            () => "nothing",
            (error: { code?: string }) => error.code,
          );
        return [told, await ctx.step("after", () => 1)];
      },
      { mode: "live" },
    );
    expect(result.output).toEqual(["CONTEXT_MISUSE", 1]);
  });
});

describe("code that goes on after everything", () => {
  it("catches all there is to catch, and ends as it says, on replay too", async () => {
    expectNoStrays();
    const swallow = async (work: () => unknown): Promise<string> => {
      try {
        await work();
        return "fine";
      } catch (error) {
        return (error as { code?: string }).code ?? "untyped";
      }
    };
    const workflow = async (ctx: WorkflowContext) => {
      const told = [
        await swallow(() => ctx.step("", () => 1)),
        await swallow(() => ctx.step("a", () => 1)),
        await swallow(() => ctx.step("a", () => 1)),
        await swallow(() =>
          ctx.step({ name: "b", maxRetries: 0, run: () => Promise.reject(new Error("x")) }),
        ),
        await swallow(() => ctx.sleep("s", Number.NaN)),
        await swallow(() => ctx.queue.next("q", { names: [], timeout: 1 })),
        await swallow(() => ctx.queue.next("t", { names: ["m"], timeout: 1 })),
        await swallow(() => ctx.join("j", { x: { run: () => Promise.reject(new Error("x")) } })),
        await swallow(() => ctx.race("r", [])),
        await swallow(() => ctx.queue.send("m", () => {})),
        await swallow(() => ctx.getVersion("v", 0)),
        await swallow(() => ctx.rollbackCheckpoint("c")),
        await swallow(() => ctx.rollbackCheckpoint("c")),
      ];
      await ctx.sleep("rest", 10);
      return told;
    };
    let result = await lab.run(workflow);
    for (let passes = 0; result.state === "sleeping" && passes < 9; passes++) {
      await lab.clock.advance(10);
      result = await lab.run(workflow);
    }
    expect(result.state).toBe("completed");
    expect(result.output).not.toContain("untyped");
    expect(result.output?.slice(1, 3)).toEqual(["fine", "DUPLICATE_NAME"]);
  });

  it("two awaits of one operation, and two operations at once, give each its value", async () => {
    expectNoStrays();
    const workflow = async (ctx: WorkflowContext) => {
      const one = ctx.step("one", () => ({ n: 1 }));
      const [a, b, c] = await Promise.all([one, one, ctx.step("two", () => ({ n: 2 }))]);
      await ctx.sleep("rest", 10);
      return [a, b, c, await one];
    };
    await lab.run(workflow);
    await lab.clock.advance(10);
    expect((await lab.run(workflow)).output).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }, { n: 1 }]);
  });

  it("a loser that goes on after its race is left behind", async () => {
    expectNoStrays();
    const result = await lab.run(
      async (ctx: WorkflowContext) => {
        const seen: string[] = [];
        const { winner } = await ctx.race("r", [
          { name: "quick", run: (inner) => inner.step("q", () => 1) },
          {
            name: "stubborn",
            run: async (inner) => {
              try {
                await inner.sleep("s", 50);
              } catch {
                seen.push("catch");
              } finally {
                seen.push("finally");
              }
              await inner.step("never", () => 1);
              return 2;
            },
          },
        ]);
        await ctx.sleep("rest", 1_000);
        return [winner, seen];
      },
      { mode: "live" },
    );
    expect(result.output).toEqual(["quick", []]);
  });

  it("what waits for a promise of its own and is left meanwhile may still draw", async () => {
    expectNoStrays();
    const seen: unknown[] = [];
    const drawLate = async (ctx: WorkflowContext) => {
      await lab.clock.sleep(50);
      try {
        seen.push([typeof ctx.now(), typeof ctx.random(), typeof ctx.uuid()]);
      } catch (error) {
        seen.push(error);
      }
      await ctx.step("never", () => seen.push("never"));
    };
    const { output } = await lab.run(
      (ctx: WorkflowContext) =>
        ctx.race("r", [
          { name: "quick", run: (inner) => inner.step("q", () => 1) },
          { name: "slow", run: drawLate },
        ]),
      { mode: "live" },
    );
    expect(output).toEqual({ winner: "quick", value: 1 });
    const evicted = new EngineLab();
    const handle = evicted.start(drawLate, { mode: "live" });
    await evicted.clock.runUntilIdle();
    await evicted.clock.settle(handle.evict());
    await lab.clock.advance(50);
    expect(seen).toEqual(Array(2).fill(["number", "number", "string"]));
  });

  it.each<[string, (ctx: WorkflowContext) => unknown]>([
    ["returns a promise that never settles", () => new Promise(() => {})],
    [
      "waits for a step that never settles",
      (ctx) => ctx.step({ name: "s", timeout: 0, run: () => new Promise(() => {}) }),
    ],
    [
      "starts an endless chain of microtasks",
      async (ctx) => {
        await ctx.sleep("s", "300d");
      },
    ],
  ])("a workflow that %s can be cancelled", async (_, run) => {
    expectNoStrays();
    const handle = lab.start(run as never, { mode: "live" });
    await lab.clock.runUntilIdle();
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect((await lab.clock.settle(handle.result)).state).toBe("cancelled");
    expect(lab.clock.pending).toBe(0);
  });

  it.each<[string, () => unknown]>([
    ["null", () => null],
    ["a number", () => 5],
    ["a thenable that never calls back", () => thenable(() => {})],
    ["a thenable that calls back twice", () => thenable((ok) => [ok(1), ok(2)])],
    [
      "a thenable that fails after it was fulfilled",
      () => thenable((ok, no) => [ok(1), no(new Error("late"))]),
    ],
    [
      "an async generator",
      () =>
        (async function* () {
          yield 1;
        })(),
    ],
    ["a class", () => class {}],
  ])("a run function that gives %s leaves nothing behind", async (_, run) => {
    expectNoStrays();
    const handle = lab.start((() => run()) as never, { mode: "live" });
    await lab.clock.runUntilIdle();
    const ended = await Promise.race([
      handle.result.then(
        ({ state }) => state,
        (error: { code?: string }) => error.code,
      ),
      Promise.resolve("goes on").then(async (word) => {
        await lab.clock.advance(10);
        return word;
      }),
    ]);
    expect(["completed", "UNSERIALIZABLE_VALUE", "goes on"]).toContain(ended);
    if (ended === "goes on") await lab.clock.settle(handle.cancel());
    expect(lab.clock.pending).toBe(0);
  });
});

/** Operations whose promises can leave their block before they have ended. */
const waits: Readonly<Record<string, (inner: WorkflowContext) => Promise<unknown>>> = {
  sleep: (inner) => inner.sleep("wait", "1h"),
  "queue.next": (inner) => inner.queue.next("wait", { names: ["m"] }),
  "queue.nextBatch": (inner) => inner.queue.nextBatch("wait", { names: ["m"] }),
  listen: (inner) => inner.listen("wait", "m"),
  listenNWithTimeout: (inner) => inner.listenNWithTimeout("wait", "m", 2, "1h"),
  join: (inner) => inner.join("wait", { a: { run: (ctx) => ctx.sleep("inside", "1h") } }),
};

describe.each(Object.entries(scopes))("a promise that is awaited only after its %s has ended", (_, open) => {
  it.each(Object.entries(waits))("tells that its %s was dropped", async (_wait, begin) => {
    expectNoStrays();
    let begun: Promise<unknown> | undefined;
    const error = await lab.failure(
      async (ctx) => {
        await open(ctx, (inner) => {
          begun = begin(inner);
        });
        return begun;
      },
      { mode: "live" },
    );
    expect(error).toMatchObject({ code: "CONTEXT_MISUSE" });
    expect(error.message).toMatch(/wait" was dropped: nobody awaited it before its block "b[^"]*" had ended/);
  });
});

it("a wait that nobody awaits is dropped with its block, and nobody is told", async () => {
  expectNoStrays();
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.try("b", async (inner) => {
      const slow = inner.sleep("slow", "1h");
      await Promise.race([slow, inner.sleep("fast", 1)]);
      void inner.listen("never", "m").then(() => {});
    });
    return ctx.sleep("after", 1);
  };
  expect(await lab.run(workflow, { mode: "live" })).toMatchObject({ state: "completed" });
});

it("the methods of contexts, of the queue and of step contexts may be taken off them", async () => {
  const workflow = async ({ step, now, join, queue: { send, next } }: WorkflowContext) => {
    const beat = await step("beat", ({ heartbeat, log: { info } }) => {
      heartbeat(1);
      info("beats");
      return "beat";
    });
    void send("m", 1);
    const { body } = await next("wait", { names: ["m"] });
    const { inner } = await join("both", { inner: { run: ({ uuid }) => typeof uuid() } });
    return [beat, body, inner, typeof now()];
  };
  expect((await lab.run(workflow, { mode: "live" })).output).toEqual(["beat", 1, "string", "number"]);
});
