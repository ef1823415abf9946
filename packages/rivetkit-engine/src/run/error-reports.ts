import type { WorkflowErrorEvent as EngineErrorEvent } from "holdfast";
import type { RunLink } from "../context/run-link.ts";
import { extractErrorInfo } from "../errors/error-info.ts";
import { lastErrorOf } from "../errors/step-failure.ts";
import { hostedError } from "../errors/translate.ts";
import type { WorkflowErrorEvent, WorkflowErrorHandler } from "../model/events.ts";
import type { WorkflowLogger } from "../model/run.ts";

/** Tells `onError` of errors in RivetKit's words. A handler that throws changes nothing. */
export function errorReporter(
  link: RunLink,
  onError: WorkflowErrorHandler | undefined,
  logger: WorkflowLogger | undefined,
): (event: EngineErrorEvent) => void {
  if (onError === undefined) return () => {};
  const failed = (error: unknown): void => logger?.error({ error }, "onError threw");
  return (event) => {
    const told = hostedEvent(link, event);
    if (told === null) return;
    try {
      Promise.resolve(onError(told)).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

/** Null for an error of the workflow that was told as the error of a step before. */
function hostedEvent(link: RunLink, event: EngineErrorEvent): WorkflowErrorEvent | null {
  const { workflowId } = link;
  if ("step" in event) {
    const { error, ...rest } = event.step;
    const remainingRetries = Math.max(0, rest.maxRetries - rest.attempt + 1);
    return { step: { ...rest, workflowId, remainingRetries, error: extractErrorInfo(lastErrorOf(error)) } };
  }
  if ("rollback" in event) {
    const { error, ...rest } = event.rollback;
    return { rollback: { ...rest, workflowId, error: extractErrorInfo(lastErrorOf(error)) } };
  }
  const { error } = event.workflow;
  if (link.originOf(error)?.source === "step") return null;
  return { workflow: { workflowId, error: extractErrorInfo(hostedError(error)) } };
}
