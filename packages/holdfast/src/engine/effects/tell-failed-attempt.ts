import type { Run } from "../replay/run.ts";

/** An attempt of a step that has failed, as it is recorded. */
interface ToldAttempt {
  readonly location: string;
  readonly name: string;
  readonly maxRetries: number;
  readonly attempt: number;
  readonly error: unknown;
  /** The next attempt; null when there is none. */
  readonly retry: { readonly delay: number; readonly dueAt: number } | null;
}

/** The error is recorded before: what those who are told do to it changes nothing. */
export function tellFailedAttempt({ report, workflowId }: Run, failed: ToldAttempt): void {
  const { location, name, maxRetries, attempt, error, retry } = failed;
  const willRetry = retry !== null;
  const retryAt = retry === null ? null : retry.dueAt;
  report.event({ type: "step-failed", location, name, attempt, error, willRetry, retryAt });
  const told = { workflowId, stepName: name, attempt, maxRetries, willRetry, error };
  report.error({
    step: retry === null ? told : { ...told, retryDelay: retry.delay, retryAt: retry.dueAt },
  });
}
