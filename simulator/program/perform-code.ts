import { canonicalText } from "./canonical.ts";
import type { StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

/** Goes one of two ways; both stand in this scope. */
export async function performIf(
  scope: ProgramScope,
  statement: StatementOf<"if">,
  { position, values }: { readonly position: string; readonly values: readonly unknown[] },
): Promise<unknown> {
  const even = canonicalText(values[statement.statement]).length % 2 === 0;
  const block = even ? statement.even : statement.odd;
  const result = await scope.pass.performBlock(scope, block, `${position}.${even ? "even" : "odd"}`);
  return { even, values: result.values };
}

export function performDraw(scope: ProgramScope, position: string): Promise<unknown> {
  const { ctx } = scope;
  ctx.log.info("drawing", { position, aborted: ctx.abortSignal.aborted, evicted: ctx.isEvicted() });
  return scope.see(scope.mark("draw", position), "draw", async () => [ctx.now(), ctx.random(), ctx.uuid()]);
}
