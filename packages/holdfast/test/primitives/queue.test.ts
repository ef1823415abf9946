import { memoryDriver } from "holdfast/memory";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { bare, NOT_BOOLEAN, NOT_COUNT, NOT_DURATION } from "./bad-values.ts";

const NAMES = [
  [undefined, "undefined"],
  [null, "null"],
  ["m", '"m" (string)'],
  [[], "an array of 0"],
  [[1], "1 (number)"],
  [[""], '"" (string)'],
  [[undefined], "undefined"],
  [{}, "an object"],
] as const;

applyLaws({
  kind: "message",
  what: "queue.next",
  messages: [{ name: "m", body: 1 }],
  perform: (ctx, name) => ctx.queue.next(name, { names: ["m"] }).then(({ name: n, body }) => [n, body]),
  lasting: (ctx, name) => ctx.queue.next(name, { names: ["never"] }),
});

applyLaws({
  kind: "message",
  what: "completable message",
  messages: [{ name: "m", body: 1, completable: true }],
  perform: async (ctx, name) => {
    const m = await ctx.queue.next(name, { names: ["m"], completable: true });
    await m.complete(2);
    return m.body;
  },
  lasting: (ctx, name) => ctx.queue.next(name, { names: ["never"], completable: true }),
});

applyLaws({
  kind: "message",
  what: "queue.nextBatch",
  messages: [{ name: "m", body: 1 }],
  perform: (ctx, name) =>
    ctx.queue.nextBatch(name, { names: ["m"], count: 1 }).then((ms) => ms.map(({ body }) => body)),
  lasting: (ctx, name) => ctx.queue.nextBatch(name, { names: ["never"] }),
});

applyLaws({
  kind: "send",
  repeatable: true,
  perform: (ctx, name) => ctx.queue.send(name, 1),
});

refuseBadCalls(
  "queue",
  [
    ...wrongTypes("next: name", NAMES, (names) => (ctx) => ctx.queue.next("op", { names })),
    ...wrongTypes("nextBatch: name", NAMES, (names) => (ctx) => ctx.queue.nextBatch("op", { names })),
    ...wrongTypes(
      "next: timeout",
      NOT_DURATION,
      (timeout) => (ctx) => ctx.queue.next("op", { names: ["m"], timeout }),
    ),
    ...wrongTypes(
      "nextBatch: timeout",
      NOT_DURATION,
      (timeout) => (ctx) => ctx.queue.nextBatch("op", { names: ["m"], timeout }),
    ),
    ...wrongTypes(
      "next: completable",
      NOT_BOOLEAN,
      (completable) => (ctx) => ctx.queue.next("op", { names: ["m"], completable }),
    ),
    ...wrongTypes("count", NOT_COUNT, (count) => (ctx) => ctx.queue.nextBatch("op", { names: ["m"], count })),
    ["next without options", bare((ctx) => ctx.queue.next.bind(ctx.queue), "op"), ["names", "undefined"]],
    [
      "nextBatch without options",
      bare((ctx) => ctx.queue.nextBatch.bind(ctx.queue), "op"),
      ["names", "undefined"],
    ],
    ["next with null for options", bare((ctx) => ctx.queue.next.bind(ctx.queue), "op", null), ["null"]],
    [
      "too many at once",
      (ctx) => ctx.queue.nextBatch("op", { names: ["m"], count: 1_001 }),
      ["batchMessages", "1000", "1001"],
      "LIMIT",
    ],
    [
      "a message name too long",
      (ctx) => ctx.queue.next("op", { names: ["n".repeat(257)] }),
      ["256", "257"],
      "LIMIT",
    ],
  ],
  [{ name: "m" }],
);

refuseBadCalls("queue.send", [
  ...wrongTypes(
    "send: id",
    [
      ["", '"" (string)'],
      [null, "null"],
      [7, "7 (number)"],
    ],
    (to) => (ctx) => ctx.queue.send("op", 1, { to }),
  ),
  ["to too long", (ctx) => ctx.queue.send("op", 1, { to: "t".repeat(513) }), ["512", "513"], "LIMIT"],
  ["options as null", (ctx) => ctx.queue.send("op", 1, null as never), ["null"]],
]);

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** The code of the error that a call gives, at once or later. */
async function refusalOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "none";
}

describe("queues", () => {
  it("give the messages of one name in the order of sending, and leave those of others", async () => {
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        await ctx.sleep("rest", "1h");
        const ms = await ctx.queue.nextBatch("batch", { names: ["m"], count: 10 });
        const other = await ctx.queue.next("other", { names: ["n"] });
        return [...ms.map(({ body }) => body), other.body];
      },
      { mode: "live" },
    );
    for (const [name, body] of [
      ["m", 1],
      ["n", 2],
      ["m", 3],
      ["m", 4],
    ] as const)
      await lab.clock.settle(handle.send(name, body));
    expect((await lab.clock.settle(handle.result)).output).toEqual([1, 3, 4, 2]);
  });

  it("give the oldest of several names first, and no more than the count", async () => {
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        await ctx.sleep("rest", "1h");
        const two = await ctx.queue.nextBatch("two", { names: ["a", "b"], count: 2 });
        const rest = await ctx.queue.nextBatch("others", { names: ["a", "b"], count: 2 });
        return [two, rest].map((batch) => batch.map(({ body }) => body));
      },
      { mode: "live" },
    );
    for (const [name, body] of [
      ["b", 1],
      ["a", 2],
      ["b", 3],
    ] as const)
      await lab.clock.settle(handle.send(name, body));
    expect((await lab.clock.settle(handle.result)).output).toEqual([[1, 2], [3]]);
  });

  it("give no more messages at once than the storage takes as one value", async () => {
    const driver = memoryDriver({
      workflowId: "run",
      clock: lab.clock,
      driverLimits: { valueBytes: 10_000 },
    });
    const handle = lab.start(
      async (ctx: WorkflowContext) => {
        await ctx.sleep("rest", "1h");
        const batches: number[] = [];
        for (let i = 0; i < 3; i++) batches.push((await ctx.listenN(`batch-${i}`, "m", 100)).length);
        return batches;
      },
      { mode: "live", driver },
    );
    for (let i = 0; i < 6; i++) await lab.clock.settle(handle.send("m", "x".repeat(3_000)));
    expect((await lab.clock.settle(handle.result)).output).toEqual([2, 2, 2]);
  });

  it("refuse the next receive of a strand while a completable message has no answer", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const first = await ctx.queue.next("first", { names: ["ask"], completable: true });
      const early = await refusalOf(() => ctx.listenWithTimeout("early", "ask", 0));
      await first.complete("yes");
      return [early, await ctx.listenWithTimeout("then", "ask", "1s")];
    };
    const handle = lab.start(workflow, { mode: "live" });
    const answer = lab.clock.settle(handle.request("ask", 1));
    expect(await answer).toBe("yes");
    expect((await lab.clock.settle(handle.result)).output).toEqual(["MESSAGE_UNANSWERED", null]);
  });

  it("throw QueueTimeoutError for one message, and give none for a batch", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const began = ctx.now();
      const one = await ctx.queue
        .next("one", { names: ["m"], timeout: "1m" })
        .catch((error: Error) => error.name);
      return [one, await ctx.queue.nextBatch("many", { names: ["m"], timeout: "1m" }), ctx.now() - began];
    };
    expect((await lab.run(workflow, { mode: "live" })).output).toEqual(["QueueTimeoutError", [], 120_000]);
  });
});
