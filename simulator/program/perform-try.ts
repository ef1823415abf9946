import type { BlockFailureKind } from "#holdfast/model/step-options.ts";
import { failureValue } from "./block-values.ts";
import type { StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

export async function performTry(scope: ProgramScope, statement: StatementOf<"try">): Promise<unknown> {
  const { name, body, catch: kinds } = statement;
  const path = scope.idOf(name);
  const options = kinds === undefined ? {} : { catch: kinds as readonly BlockFailureKind[] };
  const result = await scope.see(path, "try", async () =>
    scope.ctx.try(name, (ctx) => scope.values(ctx, path, body), options),
  );
  return result.ok ? result : failureValue(result.failure);
}
