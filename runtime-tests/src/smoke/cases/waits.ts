import { pause } from "../pause.ts";
import type { SmokeCase } from "../smoke-case.ts";

/** Waits for a time and for messages. */
export const waits: readonly SmokeCase[] = [
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
];
