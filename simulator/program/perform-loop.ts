import type { WorkflowContext } from "#holdfast/model/context.ts";
import { Loop, type LoopBreak, type LoopDecision, loopVerdict } from "#holdfast/model/loop.ts";
import { canonicalText } from "./canonical.ts";
import { FIRST_STATE, type LoopState, nextState } from "./loop-state.ts";
import type { LoopStatement } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

/** What a loop came to: how many iterations, whether a `break` ended it, and what the last iteration's block had. */
interface LoopEnd {
  readonly iterations: number;
  readonly broke: boolean;
  readonly values: readonly unknown[];
  readonly sum: string;
}

/** Runs the body `times` times, or up to its `break`. */
export function performLoop(scope: ProgramScope, loop: LoopStatement): Promise<unknown> {
  const { name, pruneInterval, historySize } = loop;
  const path = scope.idOf(name);
  const options = { name, historyPruneInterval: pruneInterval, historySize };
  return scope.see<unknown>(path, "loop", async () =>
    loop.stateful
      ? scope.ctx.loop({
          ...options,
          state: FIRST_STATE,
          run: (ctx, state) => iterate(scope, loop, { ctx, state, path }),
        })
      : scope.ctx.loop({ ...options, run: countedIteration(scope, loop, path) }),
  );
}

/** A step of every iteration without a state; no name of a program is written like this. */
const POSITION = "?";

/** Without a state nothing is handed on: the iteration is what the engine calls a place in it. */
function countedIteration(scope: ProgramScope, loop: LoopStatement, path: string) {
  return async (ctx: WorkflowContext): Promise<LoopDecision<undefined, LoopEnd> | undefined> => {
    const state = { ...FIRST_STATE, count: await iterationOf(ctx) };
    const decision = await iterate(scope, loop, { ctx, state, path });
    return loopVerdict(decision)?.next === "break" ? (decision as LoopBreak<LoopEnd>) : undefined;
  };
}

/** A pass may begin with any iteration. */
async function iterationOf(ctx: WorkflowContext): Promise<number> {
  const place = await ctx.step({
    name: POSITION,
    ephemeral: true,
    run: ({ idempotencyKey }) => idempotencyKey,
  });
  return Number(/#(\d+)\/[^/]*$/.exec(place)?.[1]);
}

async function iterate(
  scope: ProgramScope,
  loop: LoopStatement,
  { ctx, state, path }: { readonly ctx: WorkflowContext; readonly state: LoopState; readonly path: string },
): Promise<LoopDecision<LoopState, LoopEnd>> {
  const id = `${path}/#${state.count}`;
  scope.tellSeen(id, "iteration", { ok: true, value: canonicalText(state) });
  if (state.count >= loop.times) {
    return Loop.break({ iterations: state.count, broke: false, values: [], sum: state.sum });
  }
  const { values, broke } = await scope.pass.performBlock(scope.inside(ctx, id), loop.body, "");
  const next = nextState(state, values);
  if (!broke && next.count < loop.times) return Loop.continue(next);
  return Loop.break({ iterations: next.count, broke, values, sum: next.sum });
}
