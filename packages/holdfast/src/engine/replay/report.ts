import { messageOf } from "../../model/errors/describe-error.ts";
import type { Observer, WorkflowErrorEvent, WorkflowEvent } from "../../model/events.ts";
import { isPromise } from "../../model/is-promise.ts";
import type { Logger } from "../../model/logger.ts";
import type { Log } from "../../model/step-options.ts";

/** Calls what somebody gave us to call; `failed` is told when it throws, or gives a promise that rejects. */
export function guarded(call: () => unknown, failed: (error: unknown) => void): void {
  try {
    const given = call();
    if (isPromise(given)) Promise.resolve(given).catch(failed);
  } catch (error) {
    failed(error);
  }
}

/** An event without what every event has. */
export type EventDetails = WorkflowEvent extends infer Event
  ? Event extends WorkflowEvent
    ? Omit<Event, "workflowId" | "at">
    : never
  : never;

/** Who is told what happens in a run. */
export interface ReportOptions {
  readonly workflowId: string;
  readonly now: () => number;
  readonly logger: Logger;
  readonly observers: readonly Observer[];
  readonly onError: ((event: WorkflowErrorEvent) => void) | undefined;
}

/**
 * Owns: telling logger, observers and `onError`.
 * Invariants: nothing that they do or throw changes what the run does.
 */
export class Report {
  readonly #options: ReportOptions;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  get logger(): Logger {
    return this.#options.logger;
  }

  /** Whether anybody is told of events: if not, they need not be made. */
  get observed(): boolean {
    return this.#options.observers.length > 0;
  }

  event(details: EventDetails): void {
    if (!this.observed) return;
    const event = {
      workflowId: this.#options.workflowId,
      at: this.#options.now(),
      ...details,
    } as WorkflowEvent;
    const { observers } = this.#options;
    // What one of several does to it, the others do not see.
    const own = observers.length === 1 ? () => event : () => ({ ...event });
    for (const observer of observers) this.#guarded("an observer threw", () => observer(own()));
  }

  error(event: WorkflowErrorEvent): void {
    const onError = this.#options.onError;
    if (onError !== undefined) this.#guarded("onError threw", () => onError(event));
  }

  warn(message: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#guarded(null, () =>
      this.#options.logger.warn({ workflowId: this.#options.workflowId, ...details }, message),
    );
  }

  /** The workflow has failed: its own business, but not to be looked for in vain. */
  failed(error: unknown): void {
    const { workflowId, logger } = this.#options;
    this.error({ workflow: { workflowId, error } });
    this.#guarded(null, () => logger.info({ workflowId, error }, `run failed: ${messageOf(error)}`));
  }

  /** The run is paused by the engine and waits for somebody: that must not go unseen. */
  held(reason: string, error: unknown): void {
    const { workflowId, logger } = this.#options;
    this.#guarded(null, () =>
      logger.error({ workflowId, reason, error }, `run paused (${reason}): ${messageOf(error)}`),
    );
  }

  #guarded(problem: string | null, call: () => unknown): void {
    guarded(call, (error) => {
      // A logger that throws has nobody left to tell.
      if (problem !== null) this.#guarded(null, () => this.#options.logger.error({ error }, problem));
    });
  }

  /** A logger that adds `names` to each line and is silent while `silent()`. */
  log(names: Readonly<Record<string, unknown>>, silent: () => boolean): Log {
    const at =
      (level: "debug" | "info" | "warn" | "error") =>
      (message: string, details: Readonly<Record<string, unknown>> = {}): void => {
        if (silent()) return;
        this.#guarded(null, () =>
          this.#options.logger[level](
            { workflowId: this.#options.workflowId, ...names, ...details },
            message,
          ),
        );
      };
    return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  }
}
