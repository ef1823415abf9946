import { CriticalError, Loop, type WorkflowContextInterface } from "../../src/testing.ts";

/** A workflow that is killed at every write. */
export interface Program {
  readonly name: string;
  readonly body: (effects: string[]) => (ctx: WorkflowContextInterface) => Promise<unknown>;
  readonly messages?: readonly string[];
}

function traced<T>(effects: string[], what: string, value: T): () => Promise<T> {
  return async () => {
    effects.push(what);
    return value;
  };
}

export const programs: readonly Program[] = [
  {
    name: "steps, a pruned loop and a race that leaves a branch behind",
    body: (effects) => async (ctx) => {
      const sum = await ctx.loop({
        name: "l",
        state: { i: 0, sum: 0 },
        historyPruneInterval: 2,
        run: async (inner, { i, sum }) => {
          const added = await inner.step("add", traced(effects, `add ${i}`, sum + i));
          return i === 5 ? Loop.break(added) : Loop.continue({ i: i + 1, sum: added });
        },
      });
      const raced = await ctx.race<unknown>("r", [
        { name: "slow", run: (inner) => inner.sleep("nap", 60_000) },
        { name: "quick", run: (inner) => inner.step("s", traced(effects, "quick", "Q")) },
      ]);
      await ctx.sleep("nap", 5);
      return [sum, raced.winner];
    },
  },
  {
    name: "messages, some of them answered",
    messages: ["one", "two", "three"],
    body: (effects) => async (ctx) => {
      const first = await ctx.queue.next("first", { names: ["m"] });
      await ctx.step("a", traced(effects, `a ${first.body}`, 0));
      const second = await ctx.queue.next("second", { names: ["m"], completable: true });
      await ctx.step("b", traced(effects, `b ${second.body}`, 0));
      await second.complete?.("answer");
      await ctx.queue.send("self", "four");
      const third = await ctx.queue.next("third", { names: ["m"] });
      const fourth = await ctx.queue.next("fourth", { names: ["self"] });
      await ctx.step("c", traced(effects, "c", 0));
      return [first, second, third, fourth].map(({ body }) => body);
    },
  },
  {
    name: "a commit that is larger than a batch",
    body: (effects) => async (ctx) => {
      const names = Array.from({ length: 70 }, (_, i) => `branch ${i}`);
      const branches = names.map((name, i) => [name, { run: async () => i }] as const);
      const all = await ctx.join("wide", Object.fromEntries(branches));
      const slept = names.map(
        (name) => [name, { run: (inner: typeof ctx) => inner.sleep("nap", 5) }] as const,
      );
      await ctx.join("asleep", Object.fromEntries(slept));
      await ctx.step("after", traced(effects, "after", 0));
      return Object.values(all).length;
    },
  },
  {
    name: "a rollback",
    body: (effects) => async (ctx) => {
      await ctx.rollbackCheckpoint("cp");
      for (const name of ["a", "b"])
        await ctx.step({
          name,
          run: traced(effects, `do ${name}`, name),
          rollback: async (_context, output) => {
            effects.push(`undo ${output}`);
          },
        });
      await ctx.step("fails", async () => {
        throw new CriticalError("no");
      });
    },
  },
];
