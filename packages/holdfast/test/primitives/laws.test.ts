import { Loop } from "holdfast";
import { applyLaws } from "./apply-laws.ts";

const never = () => new Promise<never>(() => {});
applyLaws({
  kind: "step",
  perform: (ctx, name) => ctx.step(name, () => ({ n: 1 })),
  lasting: (ctx, name) => ctx.step({ name, timeout: 0, run: never }),
});
applyLaws({
  kind: "step",
  what: "tryStep",
  perform: (ctx, name) =>
    ctx
      .tryStep({
        name,
        maxRetries: 0,
        run: () => {
          throw new Error("x");
        },
      })
      .then((r) => r.ok),
  lasting: (ctx, name) => ctx.tryStep({ name, timeout: 0, run: never }),
});
applyLaws({
  kind: "try",
  perform: (ctx, name) => ctx.try(name, (inner) => inner.step("s", () => 1)),
  lasting: (ctx, name) => ctx.try(name, (inner) => inner.sleep("s", "1d")),
  compensable: (ctx, name, armed) =>
    ctx.try(name, async (inner) => {
      await armed(inner, "first");
      await armed(inner, "second");
    }),
});
applyLaws({
  kind: "loop",
  perform: (ctx, name) =>
    ctx.loop<number, number>({
      name,
      state: 0,
      historyPruneInterval: 1,
      historySize: 0,
      run: async (inner, n) => {
        await inner.step("s", () => 1);
        return n === 2 ? Loop.break(n) : Loop.continue(n + 1);
      },
    }),
  lasting: (ctx, name) =>
    ctx.loop(name, async (inner) => {
      await inner.sleep("s", "1d");
    }),
  compensable: (ctx, name, armed) =>
    ctx.loop<number, void>({
      name,
      state: 0,
      historyPruneInterval: 1,
      historySize: 0,
      run: async (inner, n) => {
        await armed(inner, n === 0 ? "first" : "second");
        return n === 1 ? Loop.break() : Loop.continue(1);
      },
    }),
});
applyLaws({
  kind: "sleep",
  perform: (ctx, name) => ctx.sleep(name, "1m"),
  lasting: (ctx, name) => ctx.sleep(name, "1d"),
});
applyLaws({
  kind: "sleep",
  what: "sleepUntil",
  perform: (ctx, name) => ctx.sleepUntil(name, 1_893_456_060_000),
  lasting: (ctx, name) => ctx.sleepUntil(name, 1_893_542_400_000),
});
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
applyLaws({
  kind: "message",
  what: "listen",
  messages: [{ name: "m", body: 1 }],
  perform: (ctx, name) => ctx.listen(name, "m"),
  lasting: (ctx, name) => ctx.listen(name, "never"),
});
applyLaws({
  kind: "join",
  perform: (ctx, name) =>
    ctx.join(name, { a: { run: (b) => b.step("s", () => 1) }, b: { run: (b) => b.sleep("s", "1m") } }),
  lasting: (ctx, name) => ctx.join(name, { a: { run: (b) => b.sleep("s", "1d") } }),
  compensable: (ctx, name, armed) =>
    ctx.join(name, {
      a: { run: (b) => armed(b, "first") },
      b: {
        run: async (b) => {
          await b.sleep("s", "1m");
          await armed(b, "second");
        },
      },
    }),
});
applyLaws({
  kind: "race",
  perform: (ctx, name) =>
    ctx.race<unknown>(name, [
      { name: "a", run: (b) => b.step("s", () => 1) },
      { name: "b", run: (b) => b.sleep("s", "1m") },
    ]),
  lasting: (ctx, name) => ctx.race(name, [{ name: "a", run: (b) => b.sleep("s", "1d") }]),
  compensable: (ctx, name, armed) =>
    ctx.race<unknown>(name, [
      {
        name: "loser",
        run: async (b) => {
          await armed(b, "first");
          await b.sleep("s", "1d");
        },
      },
      {
        name: "winner",
        run: async (b) => {
          await b.sleep("s", "1m");
          return armed(b, "second");
        },
      },
    ]),
});
applyLaws({
  kind: "map",
  perform: (ctx, name) => ctx.map(name, [1, 2, 3], (b, n) => b.step("s", () => n), { concurrency: 2 }),
  lasting: (ctx, name) => ctx.map(name, [1, 2], (b) => b.sleep("s", "1d")),
  compensable: (ctx, name, armed) =>
    ctx.map(name, ["first", "second"], (b, n) => armed(b, n), { concurrency: 1 }),
});
applyLaws({ kind: "rollback_checkpoint", perform: (ctx, name) => ctx.rollbackCheckpoint(name) });
applyLaws({ kind: "version", perform: (ctx, name) => ctx.getVersion(name, 3) });
applyLaws({ kind: "removed", unrecorded: true, perform: (ctx, name) => ctx.removed(name, "step") });
