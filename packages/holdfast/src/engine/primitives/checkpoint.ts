import { claim } from "../replay/claim.ts";
import { Operation } from "../replay/operation.ts";
import type { Scope } from "../replay/scope.ts";

/** From here on rollback handlers are armed (P12). */
export function rollbackCheckpoint(scope: Scope, name: string): Promise<void> {
  const { run } = scope;
  const place = claim(scope, "rollback_checkpoint", name);
  const operation = new Operation<void>({ scope, place, kind: "rollback_checkpoint" }, () => undefined);
  if (place.entry !== null) return operation.replay(place.entry);
  if (run.rollingBack) return operation.promise;
  run.whenLive(() => {
    operation.settle({ status: "completed", result: null, ephemeral: true });
    if (run.journal.checkpointAt === 0) run.journal.checkpointAt = run.journal.sequence;
  });
  return operation.promise;
}
