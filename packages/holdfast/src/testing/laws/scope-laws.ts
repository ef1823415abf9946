import type { WorkflowContext } from "../../model/context.ts";
import type { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { other } from "./divergence-laws.ts";
import { again, demand, rest, thrownBy } from "./law.ts";
import { LawBench, type LawCode } from "./law-bench.ts";
import type { PrimitiveSample } from "./primitive-sample.ts";

/** A second operation with its name is refused, and leaves nothing. */
export async function duplicate(sample: PrimitiveSample): Promise<void> {
  const once = new LawBench();
  const twice = new LawBench();
  for (const bench of [once, twice])
    await bench.queue([...(sample.messages ?? []), ...again(sample.messages ?? [])]);
  let done = 0;
  const single: LawCode = async (ctx) => {
    await sample.perform(ctx, "op");
    done += 1;
    await rest(ctx);
  };
  await once.passesUntil(single, () => done > 0);
  const thrown: unknown[] = [];
  await twice.passesUntil(
    async (ctx) => {
      await sample.perform(ctx, "op");
      const same = await thrownBy(() => sample.perform(ctx, "op"));
      thrown.push(same, await thrownBy(() => other(sample, ctx)));
      await rest(ctx);
    },
    () => thrown.length > 0,
  );
  for (const error of thrown as (HoldfastError | undefined)[]) {
    demand(error?.code === "DUPLICATE_NAME", `the second use gives ${error?.code ?? String(error)}`);
    demand(error.message.includes('"op"'), `the error does not name the operation: ${error.message}`);
  }
  const left = JSON.stringify([await twice.recorded(), twice.contents()]);
  const wanted = JSON.stringify([await once.recorded(), once.contents()]);
  demand(left === wanted, `the refused use left ${left}; without it there is ${wanted}`);
}

/** Names of other scopes are free. */
export async function otherScope({ perform, messages = [] }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue([...messages, ...again(messages)]);
  let done = false;
  await bench.passesUntil(
    async (ctx) => {
      await perform(ctx, "op");
      await ctx.try("block", (inner) => perform(inner, "op"));
      done = true;
      await rest(ctx);
    },
    () => done,
  );
}

/** A step body has no business with the context. */
export async function insideBody({ perform, messages }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(messages ?? []);
  let thrown: unknown;
  await bench.pass(async (ctx) => {
    await ctx.step("outer", async () => {
      await Promise.resolve();
      thrown = await thrownBy(() => perform(ctx, "op"));
    });
    await rest(ctx);
  });
  const error = thrown as HoldfastError | undefined;
  demand(error?.code === "CONTEXT_MISUSE", `it gives ${error?.code ?? String(error)}`);
  demand(error.message.includes('inside the body of step "outer"'), error.message);
  demand((await bench.recorded()).join() === "outer,rest", (await bench.recorded()).join());
}

/** The context of a block ends with it. */
export async function afterBlock({ perform, messages }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(messages ?? []);
  let thrown: unknown;
  await bench.pass(async (ctx) => {
    let leaked: WorkflowContext | undefined;
    await ctx.try("block", async (inner) => {
      leaked = inner;
    });
    thrown = await thrownBy(() => perform(leaked as WorkflowContext, "op"));
    await rest(ctx);
  });
  const error = thrown as HoldfastError | undefined;
  demand(error?.code === "CONTEXT_MISUSE", `it gives ${error?.code ?? String(error)}`);
  demand(error.message.includes("block"), error.message);
}
