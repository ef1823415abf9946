import type { WorkflowContext } from "../../model/context.ts";
import { crashEverywhere } from "../crash-everywhere.ts";
import type { ScriptedMessage } from "../simulated-run.ts";
import { demand, thrownBy } from "./law.ts";
import { LawBench, type LawCode } from "./law-bench.ts";
import type { Perform, PrimitiveSample } from "./primitive-sample.ts";

/** A step whose handler tells its name. */
function armedStep(undone: string[]): Perform {
  return (ctx, name) =>
    ctx.step({
      name,
      run: () => name,
      rollback: (_ctx, result) => {
        undone.push(result as string);
      },
    });
}

/** Handlers of steps before and after it run, last first. */
export async function rollsBackAround({ kind, perform, messages = [] }: PrimitiveSample): Promise<void> {
  const undone: string[] = [];
  const armed = armedStep(undone);
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    await ctx.rollbackCheckpoint("from here");
    await armed(ctx, "before");
    await perform(ctx, "op");
    await armed(ctx, "after");
    throw new Error("the workflow fails");
  };
  await crashEverywhere({ name: kind, workflow, messages });
  await undoes({ workflow, messages, undone }, ["after", "before"]);
}

/** Handlers of steps inside it run in their turn. */
export async function rollsBackInside(
  { kind, messages = [] }: PrimitiveSample,
  compensable: NonNullable<PrimitiveSample["compensable"]>,
): Promise<void> {
  const undone: string[] = [];
  const armed = armedStep(undone);
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    await ctx.rollbackCheckpoint("from here");
    await armed(ctx, "before");
    await compensable(ctx, "op", armed);
    await armed(ctx, "after");
    throw new Error("the workflow fails");
  };
  await crashEverywhere({ name: kind, workflow, messages });
  await undoes({ workflow, messages, undone }, ["after", "second", "first", "before"]);
}

async function undoes(
  run: { workflow: LawCode; messages: readonly ScriptedMessage[]; undone: string[] },
  expected: readonly string[],
): Promise<void> {
  const bench = new LawBench();
  await bench.queue(run.messages);
  run.undone.length = 0;
  const failed = await thrownBy(() => bench.passesUntil(run.workflow, () => false));
  demand((failed as Error).message === "the workflow fails", `the run fails with ${failed}`);
  demand(
    run.undone.join() === expected.join(),
    `undone were ${run.undone.join()} instead of ${expected.join()}`,
  );
}
