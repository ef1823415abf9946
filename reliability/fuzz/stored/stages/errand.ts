import { defineWorkflow, Loop, type WorkflowContext } from "#holdfast/index.ts";
import type { Ledger } from "./ledger.ts";

export interface ErrandInput {
  readonly n: number;
  /** Milliseconds of its sleep. */
  readonly restMs: number;
  /** Messages that were sent before this instant show when. */
  readonly builtUntil: number;
}

const ITERATIONS = 5;

/** A run that uses every primitive on its way to a result in which everything that it saw stands. */
export function errandOf(ledger: Ledger) {
  return defineWorkflow({
    name: "errand",
    version: "7",
    run: async (ctx, input: ErrandInput) => {
      const body = <Result>(name: string, result: Result) => ledger.body(ctx.workflowId, name, result);
      const first = await ctx.step("first", () => body("first", rich(input.n)));
      const tried = await ctx.tryStep({ name: "tried", maxRetries: 0, run: () => refuse(body("tried", 1)) });
      const blocks = await blocksOf(ctx, body);
      const sum = await ctx.loop({
        name: "sum",
        state: { sum: input.n, at: 0 },
        historyPruneInterval: 2,
        historySize: 1,
        run: async (inner, { sum, at }) => {
          if (at === ITERATIONS) return Loop.break(sum);
          const next = await inner.step("add", () => body(`add ${at}`, sum + at));
          return Loop.continue({ sum: next, at: at + 1 });
        },
      });
      const version = await ctx.getVersion("gate", 3);
      const drawn = ctx.uuid();
      const middle = await ctx.step({ name: "middle", timeout: 0, run: () => body("middle", drawn) });
      await ctx.sleep("rest", input.restMs);
      const talk = await talkOf(ctx, body, input);
      const chance = ctx.random();
      const last = await ctx.step("last", () => body("last", [chance, input.n]));
      return { first, tried: tried.ok, blocks, sum, version, middle, talk, last };
    },
  });
}

type Body = <Result>(name: string, result: Result) => Result | Promise<Result>;

/** A value beyond JSON. */
function rich(n: number) {
  return {
    n,
    at: new Date(n),
    names: new Map([["__proto__x", new Set([n, -0])]]),
    big: 2n ** 70n,
    none: undefined,
  };
}

function refuse(_: unknown): never {
  throw Object.assign(new RangeError("refused"), { detail: "x".repeat(40) });
}

async function blocksOf(ctx: WorkflowContext, body: Body) {
  const both = await ctx.join("both", {
    left: { run: (left) => left.step("left", () => body("left", "l")) },
    right: { run: (right) => right.step("right", () => body("right", "r".repeat(100))) },
  });
  const race = await ctx.race("race", [
    { name: "quick", run: (quick) => quick.step("quick", () => body("quick", 1)) },
    { name: "slow", run: (slow) => slow.sleep("slow", "9d") },
  ]);
  const mapped = await ctx.map("mapped", [1, 2, 3], (inner, item) =>
    inner.step("double", () => body(`double ${item}`, item * 2)),
  );
  const block = await ctx.try("block", (inner) => inner.step("inside", () => body("inside", null)));
  return { both, race, mapped, block };
}

async function talkOf(ctx: WorkflowContext, body: Body, { builtUntil }: ErrandInput) {
  const go = await ctx.queue.next("go", { names: ["go"] });
  const more = await ctx.queue.nextBatch("more", { names: ["more", "else"], count: 1, timeout: "300d" });
  const ask = await ctx.queue.next("ask", { names: ["ask"], completable: true });
  const answer = await ctx.step({ name: "answer", timeout: 0, run: () => body("answer", { to: ask.body }) });
  await ask.complete(answer);
  await ctx.queue.send("own", { from: ctx.workflowId });
  const own = await ctx.queue.next("own", { names: ["own"] });
  const late = await ctx.listenWithTimeout("late", "never", "1h");
  const sentAt = go.createdAt < builtUntil ? go.createdAt : "later";
  return { go: [go.id, go.body, sentAt], more: more.map(({ id, body }) => [id, body]), own: own.body, late };
}
