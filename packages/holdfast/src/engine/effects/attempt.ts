import type { Clock } from "../../model/clock.ts";
import { StepTimeoutError } from "../../model/errors/step-errors.ts";
import type { Log, StepBody, StepContext } from "../../model/step-options.ts";
import { copyOf } from "../replay/payloads.ts";
import { returned } from "../replay/returned.ts";
import type { Scope } from "../replay/scope.ts";

/** How one attempt ended, and the details of its last heartbeat. */
export type AttemptOutcome = { readonly heartbeat: unknown } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }
);

/** One attempt of a step body. */
export interface Attempt {
  readonly scope: Scope;
  readonly location: () => string;
  readonly attempt: number;
  readonly idempotencyKey: () => string;
  readonly lastError: unknown;
  readonly lastHeartbeat: unknown;
  readonly plan: AttemptPlan;
}

/** What every attempt of a step has in common. */
export interface AttemptPlan {
  readonly name: string;
  readonly body: StepBody<unknown>;
  readonly timeoutMs: number;
  readonly heartbeatTimeoutMs: number;
}

/**
 * Runs a body once and tells `settled` how it ended: at most once, and not at all when its scope is left first. A body
 * that goes on after its timeout, or after its scope was left, is watched: its end is ignored and reported as orphaned.
 */
export function runAttempt(attempt: Attempt, settled: (outcome: AttemptOutcome) => void): void {
  new RunningAttempt(attempt, settled).start();
}

/** There is one for every step, so it is kept small: what a body seldom asks for is made when it does. */
class RunningAttempt {
  readonly attempt: Attempt;
  readonly #settled: (outcome: AttemptOutcome) => void;
  readonly #forget: () => void;
  readonly #deadline: Deadline | null;
  readonly #silence: Deadline | null;
  #controller: AbortController | null = null;
  #aborted: { readonly reason: unknown } | null = null;
  #log: Log | null = null;
  #heartbeat: unknown;
  #over = false;

  constructor(attempt: Attempt, settled: (outcome: AttemptOutcome) => void) {
    this.attempt = attempt;
    this.#settled = settled;
    const { timeoutMs, heartbeatTimeoutMs } = attempt.plan;
    this.#deadline = this.#limit("timeout", timeoutMs);
    this.#silence = this.#limit("heartbeatTimeout", heartbeatTimeoutMs);
    this.#forget = attempt.scope.onClose((reason) => {
      this.#finish(null);
      this.#abort(reason);
    });
  }

  start(): void {
    this.#deadline?.restart();
    this.#silence?.restart();
    this.#invoke().then(
      (value) =>
        this.#over ? this.#orphaned() : this.#finish({ ok: true, value, heartbeat: this.#heartbeat }),
      (error: unknown) =>
        this.#over ? this.#orphaned(error) : this.#finish({ ok: false, error, heartbeat: this.#heartbeat }),
    );
  }

  /** Made when somebody asks for it: most bodies never do. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#aborted !== null) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  get log(): Log {
    const { scope, plan, attempt } = this.attempt;
    this.#log ??= scope.run.report.log({ step: plan.name, attempt }, () => false);
    return this.#log;
  }

  beat(details: unknown): void {
    // What the body does to them afterwards is told by the next heartbeat.
    if (details !== undefined && !this.#over) this.#heartbeat = copyOf(details, "a heartbeat");
    if (!this.#over) this.#silence?.restart();
  }

  /** Calls the body; what it throws at once is a rejection like any other. */
  #invoke(): Promise<unknown> {
    const { scope, plan } = this.attempt;
    const owner = scope.run;
    try {
      const context = bodyContext(this);
      const value = owner.world.code.run({ owner, body: plan.name }, () => plan.body(context));
      const what = (): string => `the result of step ${JSON.stringify(this.attempt.location())}`;
      return Promise.resolve(returned(value, what));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Null without a limit. */
  #limit(which: "timeout" | "heartbeatTimeout", ms: number): Deadline | null {
    if (ms === 0) return null;
    return new Deadline(this.attempt.scope.run.world.clock, ms, () => {
      const error = new StepTimeoutError(this.attempt.plan.name, ms, which);
      this.#finish({ ok: false, error, heartbeat: this.#heartbeat });
      this.#abort(error);
    });
  }

  #finish(outcome: AttemptOutcome | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#forget();
    this.#deadline?.stop();
    this.#silence?.stop();
    if (outcome !== null) this.#settled(outcome);
  }

  #abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
  }

  #orphaned(error?: unknown): void {
    const { scope, plan } = this.attempt;
    if (scope.run.evicted) return;
    const location = this.attempt.location();
    const { report } = scope.run;
    report.warn("a step went on after it was given up; its result is ignored", { step: location });
    const orphan = { type: "step-orphaned", location, name: plan.name } as const;
    report.event(error === undefined ? orphan : { ...orphan, error });
  }
}

/** Under this, what a body is given knows the attempt that it is given for. */
const RUNNING = Symbol("running attempt");

type GivenToBody = StepContext & { readonly [RUNNING]: RunningAttempt };

/** What is made when it is asked for. */
const MADE_WHEN_READ = {
  idempotencyKey: whenRead((running) => running.attempt.idempotencyKey()),
  signal: whenRead((running) => running.signal),
  log: whenRead((running) => running.log),
} as const;

function whenRead(make: (running: RunningAttempt) => unknown): PropertyDescriptor {
  return {
    enumerable: true,
    configurable: true,
    get(this: GivenToBody): unknown {
      return make(this[RUNNING]);
    },
  };
}

/**
 * What a body is given; it can be taken apart and spread. The getters are the same for all bodies: the runtime writes each pair
 * of accessors down among its old objects, and one that knew its step would hold it until the next full collection. That was a
 * third of the time of a step.
 */
function bodyContext(running: RunningAttempt): StepContext {
  const { attempt, lastError, lastHeartbeat } = running.attempt;
  const heartbeat = (details?: unknown): void => running.beat(details);
  const given = { attempt, lastError, lastHeartbeat, heartbeat };
  Object.defineProperty(given, RUNNING, { value: running });
  Object.defineProperty(given, "idempotencyKey", MADE_WHEN_READ.idempotencyKey);
  Object.defineProperty(given, "signal", MADE_WHEN_READ.signal);
  Object.defineProperty(given, "log", MADE_WHEN_READ.log);
  return given as GivenToBody;
}

/** A timer that can be started over. */
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
    this.#cancel = this.#clock.setTimer(this.#ms, this.#passed);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
