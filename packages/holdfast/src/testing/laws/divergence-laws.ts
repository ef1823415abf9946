import type { WorkflowContext } from "../../model/context.ts";
import { demand, rest } from "./law.ts";
import { LawBench, type LawCode } from "./law-bench.ts";
import type { PrimitiveSample } from "./primitive-sample.ts";

/** An operation of another kind under the same name. */
export function other({ kind }: PrimitiveSample, ctx: WorkflowContext): Promise<unknown> {
  return kind === "sleep" ? ctx.step("op", () => "other") : ctx.sleep("op", 1);
}

/** The code asks for another kind at its place. */
export async function becomesOther(sample: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(sample.messages ?? []);
  let performed = false;
  await bench.passesUntil(
    async (ctx) => {
      await sample.perform(ctx, "op");
      performed = true;
      await rest(ctx);
    },
    () => performed,
  );
  await diverges(bench, async (ctx) => {
    await other(sample, ctx);
    await rest(ctx);
  });
}

/** The code asks for it where another kind is recorded. */
export async function replacesOther(sample: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(sample.messages ?? []);
  let performed = false;
  await bench.passesUntil(
    async (ctx) => {
      await other(sample, ctx);
      performed = true;
      await rest(ctx);
    },
    () => performed,
  );
  await diverges(bench, async (ctx) => {
    await sample.perform(ctx, "op");
    await rest(ctx);
  });
}

/** The run is paused with an error that names the place, and nothing else happens. */
async function diverges(bench: LawBench, code: LawCode): Promise<void> {
  const { rows, queued } = bench.contents();
  bench.events.length = 0;
  const error = await bench.rejection(code);
  demand(error.name === "HistoryDivergedError", `it rejects with ${error.name}: ${error.message}`);
  demand(error.message.includes("op"), `the error does not name the place: ${error.message}`);
  const state = await bench.start(code).getState();
  demand(state === "paused", `the run is ${state}`);
  const started = bench.events.filter(({ type }) => type === "step-started" || type === "message-in");
  demand(started.length === 0, `something was started: ${started.map(({ type }) => type).join(", ")} (P6)`);
  const after = bench.contents();
  demand(after.rows === rows + 1, `${after.rows - rows} rows were written instead of the reason alone`);
  demand(after.queued === queued, "the queue has changed");
}
