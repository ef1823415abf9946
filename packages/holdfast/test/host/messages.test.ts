import {
  createClient,
  defineWorkflow,
  InvalidArgumentError,
  LimitError,
  QueueFullError,
  RequestTimeoutError,
  RunFinishedError,
  RunNotFoundError,
  UnserializableValueError,
  ValidationError,
} from "holdfast";
import { memoryStore } from "holdfast/memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { reaches, virtualStore } from "./host-on-virtual-clock.ts";

const collect = defineWorkflow({
  name: "collect",
  messages: { item: z.object({ n: z.number() }), done: z.string() },
  run: async (ctx) => {
    const items: number[] = [];
    for (let i = 0; ; i++) {
      const message = await ctx.queue.next(`wait-${i}`, { names: ["item", "done"] });
      if (message.name === "done") return { items, word: message.body };
      items.push(message.body.n);
    }
  },
});

const answer = defineWorkflow({
  name: "answer",
  run: async (ctx, input: { answers: number }) => {
    for (let i = 0; i < input.answers; i++) {
      const question = await ctx.queue.next(`question-${i}`, { names: ["ask"], completable: true });
      await question.complete({ echo: question.body });
    }
    return "answered";
  },
});

describe("send", () => {
  it("reaches a waiting run, in order, and each message once", async () => {
    const { host, clock } = virtualStore();
    const handle = await (await host({ workflows: [collect] })).start(collect, { workflowId: "a" });
    await reaches(clock, handle, "sleeping");
    await handle.send("item", { n: 1 });
    await handle.message("item", { n: 2 });
    await reaches(clock, handle, "sleeping");
    await handle.send("item", { n: 3 });
    await handle.send("done", "end");
    expect(await clock.settle(handle.result())).toEqual({ items: [1, 2, 3], word: "end" });
  });

  it("is checked by the workflow that the run has at the time, where its handle was asked for by the id alone", async () => {
    const { host, clock } = virtualStore();
    const started = await host({ workflows: [collect, answer] });
    await started.start(collect, { workflowId: "a" });
    const handle = started.handle("a");
    await handle.send("item", { n: 1 });
    await expect(handle.send("ask", 1)).rejects.toThrow(InvalidArgumentError);
    await clock.settle(started.delete("a"));
    await started.start(answer, { workflowId: "a", input: { answers: 1 } });
    expect(await clock.settle(handle.request("ask", 1))).toEqual({ echo: 1 });
  });

  it("with a message id that was sent before changes nothing, also after it was received", async () => {
    const { host, clock } = virtualStore();
    const handle = await (await host({ workflows: [collect] })).start(collect, { workflowId: "a" });
    const send = () => handle.send("item", { n: 1 }, { messageId: "one" });
    await Promise.all([send(), send()]);
    await reaches(clock, handle, "sleeping");
    await send();
    await handle.send("done", "end");
    expect(await clock.settle(handle.result())).toEqual({ items: [1], word: "end" });
    await expect(handle.send("item", { n: 2 })).rejects.toThrow(RunFinishedError);
    await send();
  });

  it("drops a message that expired before it was received, and tells observers", async () => {
    const { host, clock, events } = virtualStore();
    const late = defineWorkflow({
      name: "late",
      run: async (ctx) => {
        await ctx.sleep("before", "1h");
        return ctx.listen("wait", "word");
      },
    });
    const handle = await (await host({ workflows: [late] })).start(late, { workflowId: "a" });
    await handle.send("word", "stale", { expiresIn: "10m", messageId: "m1" });
    await handle.send("word", "fresh", { expiresIn: "2h" });
    expect(await clock.settle(handle.result())).toBe("fresh");
    expect(events).toContainEqual(expect.objectContaining({ type: "message-expired", messageId: "m1" }));
  });

  it.each([
    { whose: "the store's", storeLimits: { queuedMessages: 2 }, limits: { queuedMessages: 1 } },
    { whose: "the host's", storeLimits: {}, limits: { queuedMessages: 2 } },
  ])(
    "is refused when the queue is full by $whose limit, and accepted again when the run has taken some",
    async ({ storeLimits, limits }) => {
      const { host, clock } = virtualStore();
      const store = memoryStore({ clock, limits: storeLimits });
      const later = defineWorkflow({
        name: "later",
        run: async (ctx) => {
          await ctx.sleep("before", 1_000);
          return [
            await ctx.listen("first", "word"),
            await ctx.listen("second", "word"),
            await ctx.listen("third", "word"),
          ];
        },
      });
      const handle = await (await host({ workflows: [later], store, limits })).start(later, {
        workflowId: "a",
      });
      await handle.send("word", 1);
      await handle.send("word", 2);
      await expect(handle.send("word", 3)).rejects.toThrow(QueueFullError);
      await clock.advance(2_000);
      await handle.send("word", 3);
      expect(await clock.settle(handle.result())).toEqual([1, 2, 3]);
    },
  );

  it("refuses what does not fit before anything is queued", async () => {
    const { host, store } = virtualStore();
    const running = await host({ workflows: [collect], limits: { messageBytes: 64 } });
    const handle = await running.start(collect, { workflowId: "a" });
    const untyped = running.handle("a");
    await expect(handle.send("item", { n: "1" } as never)).rejects.toThrow(ValidationError);
    await expect(untyped.send("item", { n: "1" })).rejects.toThrow(ValidationError);
    await expect(untyped.send("unknown", 1)).rejects.toThrow(InvalidArgumentError);
    await expect(untyped.send("", 1)).rejects.toThrow(InvalidArgumentError);
    await expect(handle.send("done", "x".repeat(100))).rejects.toThrow(LimitError);
    await expect(handle.send("item", { n: 1 }, { expiresIn: -1 })).rejects.toThrow(InvalidArgumentError);
    await expect(running.handle("none").send("item", 1)).rejects.toThrow(RunNotFoundError);
    await expect(running.handle("none", collect).send("item", { n: 1 })).rejects.toThrow(RunNotFoundError);
    expect((await store.statistics()).queuedMessages).toBe(0);
  });

  it("refuses a body that cannot be stored", async () => {
    const { host } = virtualStore();
    const handle = await (await host({ workflows: [answer] })).start(answer, {
      workflowId: "a",
      input: { answers: 1 },
    });
    await expect(handle.send("ask", { call: () => 1 })).rejects.toThrow(UnserializableValueError);
  });

  it("sends the body as it was given, though the handle has to look up first whose it is", async () => {
    const { host, clock, store } = virtualStore();
    const echo = defineWorkflow({
      name: "echo",
      messages: { say: z.object({ word: z.string() }) },
      run: (ctx) => ctx.listen("wait", "say"),
    });
    const running = await host({ workflows: [echo] });
    await running.start(echo, { workflowId: "a" });
    for (const caller of [running, createClient({ store, clock, scheduler: clock.scheduler })]) {
      await running.delete("a");
      await running.start(echo, { workflowId: "a" });
      const body = { word: "given" };
      const sent = caller.handle("a").send("say", body);
      body.word = "changed since";
      await clock.settle(sent);
      expect(await clock.settle(running.handle("a").result())).toEqual({ word: "given" });
    }
  });
});

describe("request", () => {
  it("gives the answer, also when the run ends with it", async () => {
    const { host, clock } = virtualStore();
    const handle = await (await host({ workflows: [answer] })).start(answer, {
      workflowId: "a",
      input: { answers: 2 },
    });
    expect(await clock.settle(handle.request("ask", 1))).toEqual({ echo: 1 });
    expect(await clock.settle(handle.request("ask", 2))).toEqual({ echo: 2 });
    expect(await clock.settle(handle.result())).toBe("answered");
  });

  it("with the same message id waits for the same answer, also when the run has ended", async () => {
    const { host, clock } = virtualStore();
    const handle = await (await host({ workflows: [answer] })).start(answer, {
      workflowId: "a",
      input: { answers: 1 },
    });
    const ask = () => handle.request("ask", 1, { messageId: "q" });
    expect(await clock.settle(Promise.all([ask(), ask()]))).toEqual([{ echo: 1 }, { echo: 1 }]);
    expect(await clock.settle(handle.result())).toBe("answered");
    expect(await ask()).toEqual({ echo: 1 });
  });

  it("rejects when no answer came in time; the message stays", async () => {
    const { host, clock } = virtualStore();
    const slow = defineWorkflow({
      name: "slow",
      run: async (ctx) => {
        await ctx.sleep("before", 60_000);
        const question = await ctx.queue.next("question", { names: ["ask"], completable: true });
        await question.complete("late");
      },
    });
    const handle = await (await host({ workflows: [slow] })).start(slow, { workflowId: "a" });
    const timedOut = handle.request("ask", 1, { timeout: "5s", messageId: "q" });
    await expect(clock.settle(timedOut)).rejects.toThrow('ask again with messageId "q"');
    expect(await clock.settle(handle.request("ask", 1, { timeout: "5m", messageId: "q" }))).toBe("late");
  });

  it("that times out is told to have an id of its own, where it has none that the run remembers", async () => {
    const { host, clock } = virtualStore();
    const silent = defineWorkflow({ name: "silent", run: (ctx) => ctx.sleep("long", "1d") });
    const handle = await (await host({ workflows: [silent] })).start(silent);
    const error = await clock.settle(handle.request("ask", 1).catch((problem: unknown) => problem));
    expect(error).toBeInstanceOf(RequestTimeoutError);
    const { message, messageId } = error as RequestTimeoutError;
    expect(message).toContain("give requests a messageId of your own");
    expect(message).not.toContain(messageId);
  });

  it("rejects when the run ends without an answer", async () => {
    const { host, clock } = virtualStore();
    const deaf = defineWorkflow({ name: "deaf", run: async (ctx) => ctx.sleep("nap", 1_000) });
    const handle = await (await host({ workflows: [deaf] })).start(deaf, { workflowId: "a" });
    await expect(clock.settle(handle.request("ask", 1))).rejects.toThrow(RunFinishedError);
    await expect(handle.request("ask", 2)).rejects.toThrow(RunFinishedError);
  });
});

describe("a send that nobody waits for", () => {
  it.each(["join", "try", "root"] as const)(
    "is made once, also when its function failed and is recovered: %s",
    async (where) => {
      const { host, clock } = virtualStore();
      let broken = true;
      const received: unknown[] = [];
      const receiver = defineWorkflow({
        name: "receiver",
        run: async (ctx) => {
          for (let i = 0; i < 3; i++) received.push(await ctx.listenWithTimeout(`wait-${i}`, "m", 5_000));
        },
      });
      const sender = defineWorkflow({
        name: "sender",
        run: async (ctx) => {
          const send = async (scope: Pick<typeof ctx, "step" | "queue">): Promise<void> => {
            const work = (): void => {
              if (broken) throw new Error("broken");
            };
            const error = await scope
              .step({ name: "work", maxRetries: 0, run: work })
              .catch((e: unknown) => e);
            void scope.queue.send("m", "hello", { to: "receiver" });
            if (error !== undefined) throw error;
          };
          if (where === "join") await ctx.join("join", { one: { run: send } });
          else if (where === "try") await ctx.try("try", send, { catch: ["join"] });
          else await send(ctx);
        },
      });
      const running = await host({ workflows: [receiver, sender] });
      const got = await running.start(receiver, { workflowId: "receiver" });
      const sent = await running.start(sender, { workflowId: "sender" });
      await expect(clock.settle(sent.result())).rejects.toThrow();
      broken = false;
      await sent.recover();
      await clock.settle(sent.result());
      await clock.settle(got.result());
      expect(received).toEqual(["hello", null, null]);
    },
  );
});

describe("wake", () => {
  it("has the run look again, but no timer fires early", async () => {
    const { host, clock } = virtualStore();
    const nap = defineWorkflow({ name: "nap", run: async (ctx) => ctx.sleep("nap", 60_000) });
    const handle = await (await host({ workflows: [nap] })).start(nap, { workflowId: "a" });
    await reaches(clock, handle, "sleeping");
    await handle.wake();
    await clock.advance(1_000);
    expect(await handle.getState()).toBe("sleeping");
    await clock.advance(60_000);
    expect(await handle.getState()).toBe("completed");
    await expect(handle.wake()).rejects.toThrow(RunFinishedError);
  });
});
