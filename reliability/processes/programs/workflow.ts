import {
  defineWorkflow,
  RunFinishedError,
  type WorkflowContext,
  type WorkflowDefinition,
} from "#holdfast/index.ts";
import type { Founded } from "../ledger/ledger-record.ts";
import type { World } from "../members/world.ts";
import { Effects } from "./effects.ts";
import { interpret } from "./interpret.ts";
import type { ProgramInput } from "./program.ts";
import { Trace } from "./trace.ts";

/** What a program ends with: everything that it has seen. A failed one has it in its error. */
export interface ProgramOutput {
  readonly seen: Founded;
}

/** The name of the one workflow that runs all programs. */
export const PROGRAM_WORKFLOW = "program";

/** The workflow that runs programs and acts on this world. */
export function programWorkflow(world: World): WorkflowDefinition<ProgramInput, ProgramOutput> {
  return defineWorkflow({
    name: PROGRAM_WORKFLOW,
    version: String(world.version),
    run: async (ctx, { program, parent }: ProgramInput): Promise<ProgramOutput> => {
      const trace = new Trace();
      const effects = new Effects(world, ctx.workflowId);
      try {
        await interpret({ ctx, trace, effects }, program);
      } catch (error) {
        throw Object.assign(new Error("The program failed.", { cause: error }), { seen: trace.seen });
      }
      if (parent !== null) await report(ctx, parent);
      return { seen: trace.seen };
    },
  });
}

/** Tells the parent, which may have ended meanwhile. */
async function report({ workflowId, queue }: WorkflowContext, parent: string): Promise<void> {
  try {
    await queue.send(`report of ${workflowId}`, workflowId, { to: parent });
  } catch (error) {
    if (!RunFinishedError.is(error)) throw error;
  }
}
