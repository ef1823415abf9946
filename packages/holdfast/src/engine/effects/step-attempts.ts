import type { Entry } from "../../history/entry.ts";
import { decodeFailure } from "../../history/failure.ts";
import { escapeName } from "../../history/location.ts";
import type { Place } from "../../history/place.ts";
import {
  StepExhaustedError,
  StepInterruptedError,
  StepTimeoutError,
} from "../../model/errors/step-errors.ts";
import { isPromise } from "../../model/is-promise.ts";
import { backoffMs, type RetryPolicy } from "../../model/retry-policy.ts";
import { type Schema, validate } from "../../model/schema.ts";
import type { Operation } from "../replay/operation.ts";
import type { Scope } from "../replay/scope.ts";
import { type AttemptOutcome, type AttemptPlan, runAttempt } from "./attempt.ts";
import type { BodyRequest } from "./bodies.ts";
import { tellFailedAttempt } from "./tell-failed-attempt.ts";
import { retryDelay, verdictOn } from "./verdict.ts";

/** A step's options, checked and complete. */
export interface StepPlan extends AttemptPlan {
  readonly policy: RetryPolicy;
  readonly retryOnTimeout: boolean;
  readonly ephemeral: boolean;
  readonly atMostOnce: boolean;
  readonly armed: boolean;
  readonly output: Schema<unknown, unknown> | undefined;
}

/** What is known of a step before its first attempt. */
const NEVER_STARTED: Pick<Entry, "count" | "extra" | "detail"> = { count: 0, extra: null, detail: null };

/** An attempt that has ended. */
interface EndedAttempt {
  readonly attempt: number;
  readonly startedAt: number;
  /** Called when its result is given up, since the codec goes on failing. */
  readonly lost: () => void;
}

/** How an attempt failed: the error, the same as it is stored, and the details of its last heartbeat. */
interface FailedAttempt {
  readonly error: unknown;
  readonly encoded: Uint8Array;
  readonly heartbeat: Uint8Array | null;
}

/**
 * Owns: the attempts of one step, from the first start to its result.
 * Does not own: one attempt (attempt.ts), what a failure means (verdict.ts).
 * Invariants: a failed attempt is committed before its retry (ARCHITECTURE 3); an at-most-once start is committed before
 * the body (P2); only the body's own errors count as attempts (P11).
 */
export class StepAttempts implements BodyRequest {
  readonly #operation: Operation<unknown>;
  readonly #plan: StepPlan;
  /** Of an at-most-once step: the failure before the start that is recorded now. */
  #lastFailure: Uint8Array | null = null;
  #knownLocation: string | null = null;

  constructor(operation: Operation<unknown>, plan: StepPlan) {
    this.#operation = operation;
    this.#plan = plan;
  }

  get scope(): Scope {
    return this.#operation.scope;
  }

  get place(): Place {
    return this.#operation.place;
  }

  get #location(): string {
    this.#knownLocation ??= this.#operation.scope.run.journal.format(this.#operation.place);
    return this.#knownLocation;
  }

  /** Asks for the next attempt, now or when its backoff is over. */
  schedule(): void {
    const { scope, place } = this.#operation;
    const { run } = scope;
    const dueAt = place.entry?.dueAt ?? null;
    const request = (): void => run.bodies.request(this);
    if (dueAt === null || (dueAt <= run.timers.now() && !run.timers.held)) {
      request();
      return;
    }
    const waitMs = dueAt - run.timers.now();
    const inMemory = waitMs <= run.limits.memoryBackoffMs && !run.timers.held;
    const release = inMemory ? run.hold() : () => {};
    const fullMs = dueAt - (place.entry?.settledAt ?? dueAt);
    const cancel = run.timers.add(dueAt, Math.max(0, fullMs), () => {
      forget();
      release();
      request();
    });
    const forget = scope.onClose(() => {
      cancel();
      release();
    });
  }

  /** The process died while this attempt ran, and there is to be no other (P2). */
  interrupted(attempt: number): void {
    const { scope, place } = this.#operation;
    scope.stepEnds(place);
    const error = new StepInterruptedError(this.#plan.name);
    this.#operation.fail(error);
    this.#tell(error, attempt, null);
  }

  prepare(): void {
    if (!this.#plan.atMostOnce) return;
    const entry = this.#operation.entry;
    this.#lastFailure = entry.extra;
    this.#operation.pend({ count: entry.count + 1, extra: null, dueAt: null });
    this.#operation.scope.run.requireCommit();
  }

  retract(): void {
    if (!this.#plan.atMostOnce || this.#operation.scope.closed) return;
    const entry = this.#operation.entry;
    this.#operation.pend({ count: entry.count - 1, extra: this.#lastFailure });
    this.#operation.scope.run.requireCommit();
  }

  start(): void {
    const { scope } = this.#operation;
    const { run } = scope;
    const body = run.bodies.started();
    const ended = (): void => run.bodies.ended(body);
    const forget = scope.onClose(ended);
    const entry = this.place.entry ?? NEVER_STARTED;
    const attempt = this.#plan.atMostOnce ? entry.count : entry.count + 1;
    const failure = this.#plan.atMostOnce ? this.#lastFailure : entry.extra;
    const lastError = failure === null ? undefined : decodeFailure(failure);
    const broken = (error: unknown): void => {
      forget();
      ended();
      run.breakDown(error);
    };
    const begin = (lastHeartbeat: unknown): void => {
      run.world.beforeEffect();
      if (scope.closed || !run.bodies.begin(body)) return;
      const startedAt = run.world.clock.monotonic();
      if (run.report.observed) {
        const { name } = this.#plan;
        run.report.event({ type: "step-started", location: this.#location, name, attempt });
      }
      runAttempt(
        {
          scope,
          location: () => this.#location,
          attempt,
          lastError,
          lastHeartbeat,
          idempotencyKey: () => `${escapeName(run.workflowId)}/${this.#location}`,
          plan: this.#plan,
        },
        (outcome) => {
          const settled = (): void => {
            forget();
            ended();
            run.wakeup.notify();
          };
          body.phase = "recording";
          this.#finish(outcome, { attempt, startedAt, lost: settled }).then(settled, broken);
        },
      );
    };
    try {
      const details = entry.detail === null ? undefined : run.payloads.decode(entry.detail);
      if (isPromise(details)) details.then(begin).catch(broken);
      else begin(details);
    } catch (error) {
      broken(error);
    }
  }

  async #finish(outcome: AttemptOutcome, at: EndedAttempt): Promise<void> {
    const { run } = this.#operation.scope;
    if (!outcome.ok) return this.#failedWith(outcome.error, outcome.heartbeat, at.attempt);
    try {
      const { output } = this.#plan;
      const value = output === undefined ? outcome.value : await this.#validated(output, outcome.value);
      const what = `the result of step ${JSON.stringify(this.#location)}`;
      const encoded = run.payloads.encodeKept(value, what, at.lost);
      const result = isPromise(encoded) ? await encoded : encoded;
      return run.room.take(result.length, () => this.#succeeded(result, at));
    } catch (error) {
      return this.#failedWith(error, outcome.heartbeat, at.attempt);
    }
  }

  async #failedWith(error: unknown, heartbeat: unknown, attempt: number): Promise<void> {
    const details = this.#details(heartbeat);
    return this.#failedWhenRoom(error, attempt, isPromise(details) ? await details : details);
  }

  /** The output schema has as long as the body had: one that never answers must not hold the step for ever. */
  async #validated(output: Schema<unknown, unknown>, value: unknown): Promise<unknown> {
    const { name, timeoutMs } = this.#plan;
    const { clock } = this.#operation.scope.run.world;
    const validated = validate(output, value, `The result of step "${name}"`);
    if (timeoutMs === 0) return validated;
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = clock.setTimer(timeoutMs, () => reject(new StepTimeoutError(name, timeoutMs)));
    });
    try {
      return await Promise.race([validated, late]);
    } finally {
      cancel();
    }
  }

  #succeeded(result: Uint8Array, at: EndedAttempt): void {
    const { scope, place } = this.#operation;
    const { run } = scope;
    if (scope.closed) return;
    scope.stepEnds(place);
    const { armed, ephemeral, name } = this.#plan;
    if (armed) scope.armed();
    const change: Partial<Entry> = { armed, count: at.attempt, detail: null };
    this.#operation.settle({ status: "completed", result, change, ephemeral });
    if (!run.report.observed) return;
    const durationMs = run.world.clock.monotonic() - at.startedAt;
    run.report.event({ type: "step-ended", location: this.#location, name, attempt: at.attempt, durationMs });
  }

  #failedWhenRoom(error: unknown, attempt: number, heartbeat: Uint8Array | null): void | Promise<void> {
    const { room, payloads } = this.#operation.scope.run;
    const failed = { error, encoded: payloads.failure(error), heartbeat };
    return room.take(failed.encoded.length, () => this.#failed(failed, attempt));
  }

  #failed({ error, encoded, heartbeat }: FailedAttempt, attempt: number): void {
    const { scope, place } = this.#operation;
    const { run } = scope;
    if (scope.closed) return;
    const verdict = verdictOn(error, attempt, this.#plan);
    if (verdict === "retry") {
      const delay =
        retryDelay(error, run.timers.now()) ??
        backoffMs(this.#plan.policy, attempt, run.world.random.float());
      const dueAt = run.timers.now() + delay;
      this.#operation.pend({
        count: attempt,
        extra: encoded,
        dueAt,
        settledAt: run.timers.now(),
        detail: heartbeat,
      });
      run.requireCommit();
      if (run.parksOnRetry) run.timers.hold();
      this.schedule();
      this.#tell(error, attempt, { delay, dueAt });
      return;
    }
    scope.stepEnds(place);
    const { name } = this.#plan;
    const final =
      verdict === "exhausted"
        ? new StepExhaustedError(name, attempt, { cause: run.payloads.storable(error) })
        : error;
    this.#operation.fail(final, { change: { count: attempt, detail: null } });
    this.#tell(error, attempt, null);
  }

  /** A heartbeat's details are a courtesy: what cannot be stored is left out. */
  #details(heartbeat: unknown): Uint8Array | null | Promise<Uint8Array | null> {
    if (heartbeat === undefined || heartbeat === null) return null;
    const { payloads, report } = this.#operation.scope.run;
    const leaveOut = (error: unknown): null => {
      report.warn("heartbeat details cannot be stored", { location: this.#location, error });
      return null;
    };
    try {
      const encoded = payloads.encodeOrFail(
        heartbeat,
        `the heartbeat of step ${JSON.stringify(this.#location)}`,
      );
      return isPromise(encoded) ? encoded.catch(leaveOut) : encoded;
    } catch (error) {
      return leaveOut(error);
    }
  }

  #tell(error: unknown, attempt: number, retry: { delay: number; dueAt: number } | null): void {
    const { name, policy } = this.#plan;
    const failed = { location: this.#location, name, maxRetries: policy.maxRetries, error, attempt, retry };
    tellFailedAttempt(this.#operation.scope.run, failed);
  }
}
