import { CriticalError, RollbackError, type StepContext, StepTimeoutError } from "holdfast";
import { DEFAULT_MAX_RETRIES } from "../defaults.ts";
import { engineError } from "../errors/translate.ts";
import type { StepConfig } from "../model/context.ts";
import type { WorkflowStepSpan } from "../model/telemetry.ts";
import type { RunLink } from "./run-link.ts";

/** Runs one attempt at a step: its errors are told in the engine's words, and its span is finished. */
export async function runAttempt<T>(link: RunLink, config: StepConfig<T>, step: StepContext): Promise<T> {
  const span = link.span?.startStep(config.name, step.attempt);
  const ended = link.running.started();
  const context = { ...step, idempotencyKey: `${link.workflowId}/${entryIdIn(step.idempotencyKey)}` };
  const body = async (): Promise<T> => (config.run as (step: StepContext) => Promise<T>)(context);
  const stopWatching = watchTimeout(step, (reason) => {
    ended();
    span?.finish(outcomeOf(reason, config, step.attempt), reason);
  });
  try {
    const value = await (span === undefined ? body() : span.run(body));
    finish(span, step, "ok");
    return value;
  } catch (error) {
    const told = engineError(error);
    finish(span, step, outcomeOf(told, config, step.attempt), error);
    throw told;
  } finally {
    stopWatching();
    ended();
  }
}

function finish(
  span: WorkflowStepSpan | undefined,
  step: StepContext,
  ...how: Parameters<WorkflowStepSpan["finish"]>
): void {
  // After a timeout the span is finished already.
  if (!StepTimeoutError.is(step.signal.reason)) span?.finish(...how);
}

/** After a timeout nobody waits for the body any more. */
function watchTimeout(step: StepContext, timedOut: (reason: StepTimeoutError) => void): () => void {
  const aborted = (): void => {
    const { reason } = step.signal;
    if (StepTimeoutError.is(reason)) timedOut(reason);
  };
  step.signal.addEventListener("abort", aborted);
  return () => step.signal.removeEventListener("abort", aborted);
}

function outcomeOf<T>(error: unknown, config: StepConfig<T>, attempt: number): "retry" | "failed" {
  const hopeless =
    CriticalError.is(error) ||
    RollbackError.is(error) ||
    (StepTimeoutError.is(error) && config.retryOnTimeout !== true);
  return hopeless || attempt > (config.maxRetries ?? DEFAULT_MAX_RETRIES) ? "failed" : "retry";
}

/** The engine's key begins with what it calls every run. */
function entryIdIn(idempotencyKey: string): string {
  return idempotencyKey.slice(idempotencyKey.indexOf("/") + 1);
}
