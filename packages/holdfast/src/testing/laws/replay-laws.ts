import { defaultCodec } from "../../history/payload.ts";
import type { WorkflowContext } from "../../model/context.ts";
import { crashEverywhere } from "../crash-everywhere.ts";
import { again, demand, rest } from "./law.ts";
import { LawBench, type LawCode } from "./law-bench.ts";
import type { PrimitiveSample, Site } from "./primitive-sample.ts";

/** Every replay sees what the first pass saw, and none writes. */
export async function replays({ perform, messages = [] }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(messages);
  const seen: string[] = [];
  const code: LawCode = async (ctx) => {
    seen.push(new TextDecoder().decode(defaultCodec.encode(await perform(ctx, "op"), "result")));
    await rest(ctx);
  };
  await bench.passesUntil(code, () => seen.length > 0);
  const bytes = bench.bytes();
  for (let pass = 0; pass < 3; pass++) await bench.pass(code);
  demand(seen.length === 4 && new Set(seen).size === 1, `the results are ${seen.join(" and ")}`);
  demand(bench.bytes() === bytes, "a replay wrote something (P13)");
}

/** A crash anywhere changes nothing, wherever the operation stands. */
export async function crashes(
  { kind, perform, messages = [] }: PrimitiveSample,
  enter: Site["enter"],
): Promise<void> {
  const workflow = (ctx: WorkflowContext): Promise<unknown> =>
    enter(ctx, async (inner) => {
      await inner.step("before", () => 1);
      const value = await perform(inner, "op");
      return inner.step("after", () => value);
    });
  // A loop performs it twice.
  await crashEverywhere({ name: kind, workflow, messages: [...messages, ...again(messages)] });
}
