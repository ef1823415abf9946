import { caughtValue, kept } from "./block-values.ts";
import type { Statement, StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

/** Begins all statements in order, and waits for them as the language's own combinators do. */
export async function performTogether(
  scope: ProgramScope,
  { how, statements }: StatementOf<"together">,
  position: string,
  begin: (statement: Statement, index: number) => Promise<unknown>,
): Promise<unknown> {
  return scope.see<unknown>(scope.mark("together", position), how, async () => {
    const begun = statements.map((statement, index) => begin(statement, index).then(kept));
    switch (how) {
      case "all":
        return Promise.all(begun);
      case "race":
        return Promise.race(begun);
      case "any":
        return Promise.any(begun);
      case "allSettled":
        return (await Promise.allSettled(begun)).map(settledValue);
    }
  });
}

function settledValue(result: PromiseSettledResult<unknown>): unknown {
  return result.status === "fulfilled" ? { value: result.value } : { rejected: caughtValue(result.reason) };
}
