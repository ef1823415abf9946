import { Loop, type WorkflowContext } from "holdfast";

/** What happens in the world of a hosted program. */
interface Effects {
  /** A body: is noted as started, takes `ms`, is noted as done, and gives its name. */
  readonly body: (name: string, ms?: number) => Promise<string>;
  /** A body that is noted as started and fails. */
  readonly fails: (name: string) => never;
  /** A rollback handler. */
  readonly undo: (name: string) => void;
}

/** A workflow that comes to one end, whatever is done to its run on the way. */
export interface HostedProgram {
  readonly name: string;
  readonly workflow: (effects: Effects) => (ctx: WorkflowContext) => Promise<unknown>;
  /** Messages: milliseconds after the start, name, body. */
  readonly messages?: readonly (readonly [atMs: number, name: string, body: unknown])[];
  /** Steps that are interrupted for good when their process is told to stop them. */
  readonly interruptible?: boolean;
}

export const hostedPrograms: readonly HostedProgram[] = [
  {
    name: "a race of a join of a loop of waits with timeouts, and a long sleep",
    messages: [
      [3, "go", 1],
      [12, "go", 2],
      [20, "stop", 9],
    ],
    workflow: (effects) => async (ctx) => {
      const rounds = (inner: WorkflowContext) =>
        inner.loop({
          name: "rounds",
          state: 0,
          historyPruneInterval: 1,
          historySize: 0,
          run: async (round, at: number) => {
            await round.listenNWithTimeout("wait", "go", 1, 6);
            await round.step("work", () => effects.body(`work ${at}`));
            return at === 2 ? Loop.break(at) : Loop.continue(at + 1);
          },
        });
      const won = await ctx.race("race", [
        {
          name: "work",
          run: (branch) =>
            branch.join("both", { rounds: { run: rounds }, stop: { run: (b) => b.listen("stop", "stop") } }),
        },
        { name: "patience", run: (branch) => branch.sleep("long", "1d") },
      ]);
      await ctx.step("after", () => effects.body("after"));
      return won;
    },
  },
  {
    name: "a map inside a try after a checkpoint, and a failure in the end",
    workflow: (effects) => async (ctx) => {
      await ctx.rollbackCheckpoint("from here");
      const booked = await ctx.try("bookings", (block) =>
        block.map(
          "each",
          [1, 2, 3, 4],
          async (item, at) => {
            const name = `book ${at}`;
            await item.step({
              name: "book",
              run: () => effects.body(name),
              rollback: () => effects.undo(name),
            });
            if (at === 3)
              await item.step({
                name: "bad",
                maxRetries: 1,
                retryBackoffBase: 10,
                run: () => effects.fails("bad"),
              });
          },
          { concurrency: 1 },
        ),
      );
      await ctx.step({ name: "more", run: () => effects.body("more"), rollback: () => effects.undo("more") });
      throw new Error(`booked: ${booked.ok}`);
    },
  },
  {
    name: "loops in loops, pruned at once, with draws",
    workflow: (effects) => (ctx) =>
      ctx.loop({
        name: "outer",
        state: [] as unknown[],
        historyPruneInterval: 1,
        historySize: 0,
        run: async (outer, so: unknown[]) => {
          const last = await outer.loop({
            name: "inner",
            state: 0,
            historyPruneInterval: 2,
            historySize: 1,
            run: async (inner, at: number) => {
              await inner.step("s", () => effects.body(`s ${so.length} ${at}`));
              await inner.sleep("nap", 3);
              return at === 2 ? Loop.break(at) : Loop.continue(at + 1);
            },
          });
          const far = [...so, last, outer.uuid().length];
          return far.length >= 4 ? Loop.break(far) : Loop.continue(far);
        },
      }),
  },
  {
    name: "the language's own combinators, a generator, and a step in finally",
    workflow: (effects) => async (ctx) => {
      const slow = ctx.step("slow", () => effects.body("slow", 20));
      const first = await Promise.race([slow, ctx.sleep("t", 5).then(() => "timeout")]);
      const settled = await Promise.allSettled([
        ctx.step("x", () => effects.body("x")),
        ctx.step({ name: "y", maxRetries: 0, run: () => effects.fails("y") }),
      ]);
      const any = await Promise.any([
        ctx.step({ name: "p", maxRetries: 0, run: () => effects.fails("p") }),
        ctx.sleep("q", 7).then(() => "slept"),
      ]);
      async function* pages(): AsyncGenerator<string> {
        for (let at = 0; at < 3; at++) yield await ctx.step(`page ${at}`, () => effects.body(`page ${at}`));
      }
      const read: string[] = [];
      for await (const page of pages()) read.push(page);
      const failed = await (async () => {
        try {
          return await ctx.step({ name: "f", maxRetries: 0, run: () => effects.fails("f") });
        } finally {
          await ctx.step("tidy", () => effects.body("tidy"));
        }
      })().catch((error: Error) => error.message);
      return [first, settled.map(({ status }) => status), any, read, failed, await slow];
    },
  },
  {
    name: "retries in memory and parked, and a step that runs at most once",
    interruptible: true,
    workflow: (effects) => async (ctx) => {
      const tried = (name: string, retryBackoffBase: number) =>
        ctx.step({
          name,
          retryBackoffBase,
          run: ({ attempt }) => (attempt < 3 ? effects.fails(name) : effects.body(name)),
        });
      const once = () =>
        ctx.tryStep({ name: "once", delivery: "at-most-once", run: () => effects.body("once", 4) });
      return [await tried("parked", 5_000), await tried("short", 5), (await once()).ok];
    },
  },
  {
    name: "questions that are answered one after the other",
    messages: [
      [2, "ask", 1],
      [4, "ask", 2],
      [9, "ask", 3],
    ],
    workflow: (effects) => (ctx) =>
      ctx.loop({
        name: "questions",
        state: [] as unknown[],
        run: async (round, so: unknown[]) => {
          const message = await round.queue.next("wait", { names: ["ask"], completable: true });
          const answer = await round.step("think", () => effects.body(`think ${message.body}`, 3));
          await message.complete(answer);
          const far = [...so, message.body];
          return far.length === 3 ? Loop.break(far) : Loop.continue(far);
        },
      }),
  },
  {
    name: "messages to itself, awaited and not",
    workflow: (effects) => async (ctx) => {
      await ctx.queue.send("a", 1);
      void ctx.queue.send("a", 2);
      await ctx.queue.send("b", 3);
      const first = await ctx.queue.nextBatch("first", { names: ["a", "b"], count: 2 });
      await ctx.step("s", () => effects.body("s"));
      const rest = await ctx.queue.nextBatch("rest", { names: ["a", "b"], count: 5, timeout: 50 });
      return [...first, ...rest].map(({ body }) => body);
    },
  },
  {
    name: "a rollback of a join and a pruned loop, with a handler that is tried twice",
    workflow: (effects) => async (ctx) => {
      const booked = (scope: WorkflowContext, name: string, ms = 0) =>
        scope.step({
          name: "book",
          run: () => effects.body(name, ms),
          rollback: {
            run: ({ attempt }) =>
              name === "b" && attempt === 1 ? effects.fails("undo b") : effects.undo(name),
            retryBackoffBase: 3_000,
          },
        });
      await ctx.rollbackCheckpoint("from here");
      await booked(ctx, "a");
      await ctx.join("both", { b: { run: (b) => booked(b, "b", 3) }, c: { run: (c) => booked(c, "c", 1) } });
      await ctx.loop({
        name: "rounds",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (round, at: number) => {
          await booked(round, `d ${at}`);
          return at === 2 ? Loop.break() : Loop.continue(at + 1);
        },
      });
      throw new Error("sold out");
    },
  },
];
