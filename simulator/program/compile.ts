import type { WorkflowDefinition } from "#holdfast/model/workflow.ts";
import type { Outcome } from "../evidence/fact.ts";
import { canonicalText } from "./canonical.ts";
import { schemasOf } from "./fit.ts";
import { performBlock } from "./perform-block.ts";
import type { ProgramPorts } from "./ports.ts";
import type { Block, Program } from "./program.ts";
import { ProgramScope } from "./program-scope.ts";

/**
 * A workflow that does what the program says and tells the world of it. Its output is the list of the values of its
 * statements. Version 2 of a program without newer code is its version 1.
 */
export function compile(program: Program, version: 1 | 2, ports: ProgramPorts): WorkflowDefinition {
  const body = version === 2 ? (program.newer ?? program.body) : program.body;
  return {
    name: program.name,
    version: String(version),
    ...(ports.late === undefined ? {} : schemasOf(body, ports.late)),
    run: async (ctx, input) => {
      const run = ctx.workflowId;
      const number = ports.nextPass(run);
      const scope = new ProgramScope(ctx, { run, number, ports, performBlock });
      ports.record({ type: "pass-started", run, pass: number, version });
      scope.tellSeen("", "input", { ok: true, value: canonicalText(input) });
      return runBody(scope, body);
    },
  };
}

async function runBody(scope: ProgramScope, body: Block): Promise<readonly unknown[]> {
  const returned = (outcome: Outcome): void =>
    scope.tell({ type: "pass-returned", run: scope.pass.run, pass: scope.pass.number, outcome });
  try {
    const { values } = await performBlock(scope, body, "");
    returned({ ok: true, value: canonicalText(values) });
    return values;
  } catch (error) {
    returned({ ok: false, error: canonicalText(error) });
    throw error;
  }
}
