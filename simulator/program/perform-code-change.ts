import type { RemovedKind } from "#holdfast/model/context.ts";
import type { StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

export function performCheckpoint(scope: ProgramScope, { name }: StatementOf<"checkpoint">): Promise<void> {
  return scope.see(scope.idOf(name), "checkpoint", async () => scope.ctx.rollbackCheckpoint(name));
}

/** Version 1 takes the older block, every later one the newest; both stand in this scope. */
export async function performVersion(
  scope: ProgramScope,
  statement: StatementOf<"version">,
  position: string,
): Promise<unknown> {
  const { name, latest, older, newest } = statement;
  const version = await scope.see(scope.idOf(name), "version", async () =>
    scope.ctx.getVersion(name, latest),
  );
  const block = version === 1 ? older : newest;
  const { values } = await scope.pass.performBlock(scope, block, position);
  return { version, values };
}

export function performRemoved(
  scope: ProgramScope,
  { name, removed }: StatementOf<"removed">,
): Promise<void> {
  return scope.see(scope.idOf(name), "removed", async () => scope.ctx.removed(name, removed as RemovedKind));
}
