import type { StatementOf } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";

export function performSleep(scope: ProgramScope, { name, ms }: StatementOf<"sleep">): Promise<void> {
  return scope.see(scope.idOf(name), "sleep", async () => scope.ctx.sleep(name, ms));
}

export function performSleepUntil(
  scope: ProgramScope,
  { name, inMs }: StatementOf<"sleep-until">,
): Promise<void> {
  return scope.see(scope.idOf(name), "sleep", async () =>
    scope.ctx.sleepUntil(name, new Date(scope.ctx.now() + inMs)),
  );
}
