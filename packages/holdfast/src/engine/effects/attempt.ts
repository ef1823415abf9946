import type { Clock } from "../../model/clock.ts";
import { StepTimeoutError } from "../../model/errors/step-errors.ts";
import type { Log, StepBody, StepContext } from "../../model/step-options.ts";
import { returned } from "../replay/returned.ts";
import type { Scope } from "../replay/scope.ts";

/** How one attempt ended. */
export type AttemptOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown; readonly heartbeat: unknown };

/** One attempt of a step body. */
export interface Attempt {
  readonly scope: Scope;
  readonly name: string;
  readonly location: () => string;
  readonly body: StepBody<unknown>;
  readonly attempt: number;
  readonly idempotencyKey: () => string;
  readonly lastError: unknown;
  readonly lastHeartbeat: unknown;
  readonly timeoutMs: number;
  readonly heartbeatTimeoutMs: number;
}

/**
 * Runs a body once and tells `settled` how it ended: at most once, and not at all when its scope is left first. A body
 * that goes on after its timeout, or after its scope was left, is watched: its end is ignored and reported as orphaned.
 */
export function runAttempt(attempt: Attempt, settled: (outcome: AttemptOutcome) => void): void {
  const { scope } = attempt;
  const signal = new LazySignal();
  let heartbeat: unknown;
  let over = false;
  const finish = (outcome: AttemptOutcome | null): void => {
    if (over) return;
    over = true;
    forget();
    deadline.stop();
    silence.stop();
    if (outcome !== null) settled(outcome);
  };
  const giveUp = (which: "timeout" | "heartbeatTimeout", ms: number) => (): void => {
    const error = new StepTimeoutError(attempt.name, ms, which);
    finish({ ok: false, error, heartbeat });
    signal.abort(error);
  };
  const { clock } = scope.run.world;
  const deadline = new Deadline(clock, attempt.timeoutMs, giveUp("timeout", attempt.timeoutMs));
  const silence = new Deadline(
    clock,
    attempt.heartbeatTimeoutMs,
    giveUp("heartbeatTimeout", attempt.heartbeatTimeoutMs),
  );
  const forget = scope.onClose((reason) => {
    finish(null);
    signal.abort(reason);
  });
  let log: Log | null = null;
  const context: StepContext = {
    attempt: attempt.attempt,
    get idempotencyKey() {
      return attempt.idempotencyKey();
    },
    get signal() {
      return signal.get();
    },
    lastError: attempt.lastError,
    lastHeartbeat: attempt.lastHeartbeat,
    heartbeat: (details?: unknown) => {
      if (details !== undefined) heartbeat = details;
      if (!over) silence.restart();
    },
    get log() {
      log ??= scope.run.report.log({ step: attempt.name, attempt: attempt.attempt }, () => false);
      return log;
    },
  };
  const orphaned = (error?: unknown): void => {
    if (scope.run.evicted) return;
    scope.run.report.warn("a step went on after it was given up; its result is ignored", {
      step: attempt.location(),
    });
    const { name } = attempt;
    const location = attempt.location();
    scope.run.report.event(
      error === undefined
        ? { type: "step-orphaned", location, name }
        : { type: "step-orphaned", location, name, error },
    );
  };
  deadline.restart();
  silence.restart();
  invoke(attempt, context).then(
    (value) => (over ? orphaned() : finish({ ok: true, value })),
    (error: unknown) => (over ? orphaned(error) : finish({ ok: false, error, heartbeat })),
  );
}

/** Calls the body; what it throws at once is a rejection like any other. */
async function invoke(attempt: Attempt, context: StepContext): Promise<unknown> {
  const owner = attempt.scope.run;
  const value = owner.world.code.run({ owner, body: attempt.name }, () => attempt.body(context));
  return await returned(value, () => `the result of step ${JSON.stringify(attempt.location())}`);
}

/** An abort signal that is made when somebody asks for it: most bodies never do. */
class LazySignal {
  #controller: AbortController | null = null;
  #aborted: { readonly reason: unknown } | null = null;

  get(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#aborted !== null) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
  }
}

/** A timer that can be started over; 0 milliseconds: never. */
class Deadline {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #passed: () => void;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, ms: number, passed: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#passed = passed;
  }

  restart(): void {
    this.stop();
    if (this.#ms > 0) this.#cancel = this.#clock.setTimer(this.#ms, this.#passed);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
