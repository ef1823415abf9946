import type { WorkflowContext } from "../../model/context.ts";
import type { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { crashEverywhere } from "../crash-everywhere.ts";
import { demand, rest, thrownBy } from "./law.ts";
import { LawBench } from "./law-bench.ts";
import type { Perform, PrimitiveSample } from "./primitive-sample.ts";

/** The loser of a race is told, forgotten, and never heard of again. */
export async function losesRace({ kind, messages = [] }: PrimitiveSample, lasting: Perform): Promise<void> {
  const seen: string[] = [];
  const reasons: unknown[] = [];
  const workflow = async (ctx: WorkflowContext): Promise<unknown> => {
    const { winner } = await ctx.race<unknown>("race", [
      {
        name: "loser",
        run: async (branch) => {
          branch.abortSignal.addEventListener("abort", () => reasons.push(branch.abortSignal.reason));
          try {
            return await lasting(branch, "op");
          } finally {
            seen.push("the branch went on");
          }
        },
      },
      { name: "winner", run: (branch) => branch.sleep("deadline", "10s") },
    ]);
    // Whatever the loser waited for comes now, and is nobody's.
    await ctx.sleep("rest", "30d");
    return winner;
  };
  await crashEverywhere({ name: kind, workflow, messages, sameEffects: false });
  demand(seen.length === 0, seen.join(", "));
  // A pass that parks leaves everything behind, losers to be included.
  const codes = new Set((reasons as HoldfastError[]).map(({ code }) => code));
  codes.delete("RUN_EVICTED");
  demand(
    [...codes].join() === "BRANCH_ABANDONED",
    `the reasons of the loser's signal are ${[...codes].join()}`,
  );
  const bench = new LawBench();
  await bench.queue(messages);
  await bench.pass(workflow);
  await bench.clock.advance(10_000);
  const { state } = await bench.pass(workflow);
  const left = (await bench.recorded()).filter((id) => id.includes("~loser"));
  demand(state === "sleeping" && left.length === 0, `${left.join(", ")} of the loser is left in the history`);
}

/** Code of a branch that was left may ask; it gets no answer. */
export async function asksTooLate({ perform, messages = [] }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(messages);
  let settled = "";
  let asked = false;
  await bench.pass(async (ctx) => {
    let leaked: WorkflowContext | undefined;
    await ctx.race<unknown>("race", [
      {
        name: "loser",
        run: (branch) => {
          leaked = branch;
          return branch.sleep("long", "1d");
        },
      },
      { name: "winner", run: (branch) => branch.step("work", () => 1) },
    ]);
    const late = thrownBy(() => perform(leaked as WorkflowContext, "op"));
    asked = true;
    void late.then((error) => {
      settled = error === undefined ? "was fulfilled" : `gave ${error}`;
    });
    await rest(ctx);
  });
  await bench.clock.runUntilIdle();
  demand(asked && settled === "", `it ${settled}`);
  const left = (await bench.recorded()).filter((id) => id.includes("op"));
  demand(left.length === 0, `it left ${left.join(", ")}`);
}
