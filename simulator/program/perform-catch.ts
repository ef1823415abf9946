import { caughtValue } from "./block-values.ts";
import { canonicalText } from "./canonical.ts";
import type { StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

/** The language's own try, catch and finally; the block stands in this scope. What was caught and the leaving are told. */
export async function performCatch(
  scope: ProgramScope,
  { body }: StatementOf<"catch">,
  position: string,
): Promise<unknown> {
  try {
    const { values } = await scope.pass.performBlock(scope, body, position);
    return { values };
  } catch (error) {
    scope.tellSeen(scope.mark("catch", position), "catch", { ok: false, error: canonicalText(error) });
    return { caught: caughtValue(error) };
  } finally {
    scope.tellSeen(scope.mark("finally", position), "finally", { ok: true, value: "" });
  }
}
