import { describeName } from "../../model/describe.ts";
import { type Duration, durationMs, type Instant, instantMs } from "../../model/duration.ts";
import { claim } from "../replay/claim.ts";
import { Operation } from "../replay/operation.ts";
import type { Scope } from "../replay/scope.ts";

/** Durable timer: the deadline is stored once and never moved by replay (I18). */
export function sleep(scope: Scope, name: string, duration: Duration): Promise<void> {
  const ms = durationMs(duration, `Sleep ${describeName(name)}: the duration`);
  return sleepTo(scope, name, (now) => now + ms);
}

export function sleepUntil(scope: Scope, name: string, instant: Instant): Promise<void> {
  const at = instantMs(instant, `Sleep ${describeName(name)}: the instant`);
  return sleepTo(scope, name, () => at);
}

function sleepTo(scope: Scope, name: string, deadline: (now: number) => number): Promise<void> {
  const { run } = scope;
  const place = claim(scope, "sleep", name);
  const operation = new Operation<void>({ scope, place, kind: "sleep" }, () => undefined);
  const { entry } = place;
  if (entry !== null && entry.status !== "pending") return operation.replay(entry);
  if (run.rollingBack) return operation.promise;
  run.whenLive(() => {
    if (scope.closed) return;
    // By the storage's clock, both: what is recorded already may have been stamped by one that went ahead of it.
    const now = run.timers.now();
    if (place.entry === null) operation.pend({ createdAt: now, dueAt: deadline(now) });
    const { dueAt, createdAt } = operation.entry;
    const cancel = run.timers.add(dueAt ?? 0, Math.max(0, (dueAt ?? 0) - createdAt), () => {
      forget();
      operation.settle({ status: "completed", result: null });
    });
    const forget = scope.onClose(cancel);
  });
  return operation.promise;
}
