import type { RollbackContext, StepContext } from "#holdfast/model/step-options.ts";
import { failureValue } from "./block-values.ts";
import { canonicalText } from "./canonical.ts";
import type { HandlerScript, StepStatement } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";
import { playScript } from "./script.ts";

/** A step, or with `asData` its failure as a value. */
export async function performStep(scope: ProgramScope, step: StepStatement): Promise<unknown> {
  const path = scope.idOf(step.name);
  const config = configOf(scope, step, path);
  if (!step.asData) return scope.see(path, "step", async () => scope.ctx.step(config));
  const result = await scope.see(path, "tryStep", async () => scope.ctx.tryStep(config));
  return result.ok ? result : failureValue(result.failure);
}

export function configOf(scope: ProgramScope, step: StepStatement, path: string) {
  const { maxRetries, atMostOnce, ephemeral, handler } = step;
  const play = (body: StepContext): unknown =>
    playScript(scope, step.attempts, {
      role: "body",
      path,
      attempt: body.attempt,
      allowed: maxRetries + 1,
      atMostOnce,
      ephemeral,
      given: null,
      ...(body.lastHeartbeat === undefined ? {} : { heard: canonicalText(body.lastHeartbeat) }),
      signal: body.signal,
      idempotencyKey: body.idempotencyKey,
      beat: (details) => body.heartbeat(details),
    });
  return {
    name: step.name,
    run: play,
    maxRetries,
    retryBackoffBase: step.backoffMs,
    timeout: step.timeoutMs,
    ...(step.heartbeatMs === undefined ? {} : { heartbeatTimeout: step.heartbeatMs }),
    retryOnTimeout: step.retryOnTimeout,
    ephemeral,
    delivery: atMostOnce ? ("at-most-once" as const) : ("at-least-once" as const),
    ...(handler === undefined ? {} : { rollback: rollbackOf(scope, handler, path) }),
  };
}

function rollbackOf(scope: ProgramScope, handler: HandlerScript, path: string) {
  return {
    maxRetries: handler.maxRetries,
    retryBackoffBase: handler.backoffMs,
    run: (ctx: RollbackContext, result: unknown) =>
      playScript(scope, handler.attempts, {
        role: "handler",
        path,
        attempt: ctx.attempt,
        allowed: handler.maxRetries + 1,
        atMostOnce: false,
        ephemeral: false,
        given: canonicalText(result),
        signal: ctx.signal,
        idempotencyKey: ctx.idempotencyKey,
      }),
  };
}
