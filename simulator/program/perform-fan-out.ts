import { escapeName } from "#holdfast/history/location.ts";
import type { WorkflowContext } from "#holdfast/model/context.ts";
import type { Branch, MapStatement, StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

export function performJoin(scope: ProgramScope, { name, branches }: StatementOf<"join">): Promise<unknown> {
  const path = scope.idOf(name);
  return scope.see(path, "join", async () =>
    scope.ctx.join(
      name,
      Object.fromEntries(branches.map((branch) => [branch.name, { run: branchOf(scope, path, branch) }])),
    ),
  );
}

export function performRace(scope: ProgramScope, { name, branches }: StatementOf<"race">): Promise<unknown> {
  const path = scope.idOf(name);
  return scope.see(path, "race", async () =>
    scope.ctx.race(
      name,
      branches.map((branch) => ({ name: branch.name, run: branchOf(scope, path, branch) })),
    ),
  );
}

function branchOf(scope: ProgramScope, path: string, { name, body }: Branch) {
  return (ctx: WorkflowContext): Promise<readonly unknown[]> =>
    scope.values(ctx, `${path}/~${escapeName(name)}`, body);
}

/** Maps over the numbers from 0; each item's value is that of the body. */
export function performMap(scope: ProgramScope, map: MapStatement): Promise<unknown> {
  const { name, items, concurrency, minSuccessful, toleratedFailures, body } = map;
  const path = scope.idOf(name);
  const options = {
    concurrency,
    ...(minSuccessful === undefined ? {} : { minSuccessful }),
    ...(toleratedFailures === undefined ? {} : { toleratedFailures }),
  };
  return scope.see<unknown>(path, "map", async () =>
    scope.ctx.map(
      name,
      Array.from({ length: items }, (_, item) => item),
      (ctx, _item, index) => scope.values(ctx, `${path}/[${index}]`, body),
      options,
    ),
  );
}
