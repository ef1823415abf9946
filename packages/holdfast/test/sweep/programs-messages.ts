import { Loop } from "holdfast";
import type { WorkflowContext } from "../../src/model/context.ts";
import type { CrashProgram } from "../../src/testing/crash-program.ts";

/** Programs that receive and send messages. */
export const messagePrograms: readonly CrashProgram[] = [
  {
    name: "messages that are there before, and one that comes later",
    messages: [
      { name: "a", body: 1 },
      { name: "b", body: 2 },
      { name: "a", body: 3 },
      { at: 5_000, name: "c", body: 4 },
    ],
    workflow: async (ctx: WorkflowContext) => {
      const first = await ctx.queue.next("first", { names: ["a"] });
      const second = await ctx.queue.next("second", { names: ["a", "b"] });
      const third = await ctx.listen("third", "c");
      await ctx.step("after", () => 0);
      return [first.body, second.body, third];
    },
  },
  {
    name: "batches, limits and timeouts",
    messages: [
      { name: "m", body: 1 },
      { name: "m", body: 2 },
      { name: "m", body: 3 },
      { name: "n", body: 4 },
    ],
    workflow: async (ctx: WorkflowContext) => {
      const two = await ctx.queue.nextBatch("two", { names: ["m"], count: 2 });
      const rest = await ctx.listenN("rest", "m", 10);
      const none = await ctx.queue.nextBatch("none", { names: ["m"], count: 5, timeout: "1m" });
      const empty = await ctx.listenWithTimeout("empty", "m", 1000);
      const body = await ctx.listenUntil("until", "n", new Date(ctx.now() + 1000));
      const nobody = await ctx.listenNUntil("n until", "m", 2, ctx.now() + 1000);
      const late = await ctx.listenNWithTimeout("n timeout", "m", 2, "2s");
      return [two.map((message) => message.body), rest, none, empty, body, nobody, late];
    },
  },
  {
    name: "queue.next with a timeout that is caught",
    messages: [{ at: 120_000, name: "m", body: "late" }],
    workflow: async (ctx: WorkflowContext) => {
      let first: unknown;
      try {
        first = await ctx.queue.next("in time", { names: ["m"], timeout: "1m" });
      } catch (error) {
        first = (error as { code: string }).code;
      }
      const second = await ctx.queue.next("at all", { names: ["m"], timeout: "1d" });
      return [first, second.body];
    },
  },
  {
    name: "completable messages that are answered",
    messages: [
      { name: "ask", body: 1, completable: true },
      { at: 60_000, name: "ask", body: 2, completable: true },
    ],
    workflow: async (ctx: WorkflowContext) => {
      const first = await ctx.queue.next("first", { names: ["ask"], completable: true });
      const doubled = await ctx.step("work", () => (first.body as number) * 2);
      await first.complete({ doubled });
      const second = await ctx.queue.next("second", { names: ["ask"], completable: true });
      await second.complete("ok");
      await second.complete("again");
      await ctx.step("after", () => 0);
      return [first.body, second.body];
    },
  },
  {
    name: "messages that the run sends to itself",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.queue.send("self", { n: 1 });
      await ctx.queue.send("self", { n: 2 });
      await ctx.step("between", () => 0);
      const first = await ctx.listen("first", "self");
      const second = await ctx.listen("second", "self");
      const nothing = await ctx.listenWithTimeout("third", "self", "1m");
      return [first, second, nothing];
    },
  },
  {
    name: "a send to a run that does not exist",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.step("before", () => 0);
      let sent: unknown = "sent";
      try {
        await ctx.queue.send("hello", 1, { to: "nobody" });
      } catch (error) {
        sent = (error as { code: string }).code;
      }
      await ctx.step("after", () => 0);
      return sent;
    },
  },
  {
    name: "several waits at once on one name",
    messages: [
      { at: 1_000, name: "m", body: "one" },
      { at: 2_000, name: "m", body: "two" },
      { at: 3_000, name: "other", body: "three" },
    ],
    workflow: async (ctx: WorkflowContext) => {
      const all = await Promise.all([
        ctx.listen("first", "m"),
        ctx.listen("second", "m"),
        ctx.queue.next("third", { names: ["other", "m"] }).then((message) => message.body),
      ]);
      await ctx.step("after", () => 0);
      return all;
    },
  },
  {
    name: "two messages that are there for two branches of a race",
    sameEffects: false,
    messages: [
      { name: "a", body: "a" },
      { name: "b", body: "b" },
    ],
    workflow: async (ctx: WorkflowContext) => {
      const won = await ctx.race<unknown>("either", [
        { name: "a", run: (branch) => branch.listen("wait", "a") },
        { name: "b", run: (branch) => branch.listen("wait", "b") },
      ]);
      return [won, await ctx.listenWithTimeout("the other", won.winner === "a" ? "b" : "a", "1m")];
    },
  },
  {
    name: "a message in a race with a deadline, twice",
    sameEffects: false,
    messages: [{ at: 30_000, name: "m", body: "in time" }],
    workflow: async (ctx: WorkflowContext) => {
      const round = (name: string) =>
        ctx.race<unknown>(name, [
          { name: "message", run: (branch) => branch.listen("wait", "m") },
          { name: "deadline", run: (branch) => branch.sleep("limit", "1m").then(() => "too late") },
        ]);
      const first = await round("first");
      const second = await round("second");
      await ctx.step("after", () => 0);
      return [first, second];
    },
  },
  {
    name: "a message that has expired",
    messages: [
      { name: "m", body: "expired", expiresAt: 1_000 },
      { at: 120_000, name: "m", body: "fresh" },
    ],
    workflow: async (ctx: WorkflowContext) => {
      await ctx.sleep("let it expire", "1m");
      return ctx.listen("wait", "m");
    },
  },
  {
    name: "a loop that handles messages",
    messages: [
      { name: "add", body: 1 },
      { name: "add", body: 2 },
      { at: 10_000, name: "add", body: 3 },
      { at: 20_000, name: "stop" },
      { at: 30_000, name: "add", body: 99 },
    ],
    workflow: (ctx: WorkflowContext) =>
      ctx.loop<number, number>({
        name: "serve",
        state: 0,
        historyPruneInterval: 2,
        historySize: 0,
        run: async (inner, sum) => {
          const message = await inner.queue.next("wait", { names: ["add", "stop"] });
          if (message.name === "stop") return Loop.break(sum);
          const next = await inner.step("add", () => sum + (message.body as number));
          return Loop.continue(next);
        },
      }),
  },
  {
    name: "a batch beside a step that runs",
    messages: [{ name: "m", body: 1 }],
    workflow: async (ctx: WorkflowContext) => {
      const both = await Promise.all([
        ctx.listen("first", "m"),
        ctx.step("work", () => "worked"),
        ctx.listenWithTimeout("second", "m", "10s"),
      ]);
      await ctx.step("after", () => 0);
      return both;
    },
  },
];
