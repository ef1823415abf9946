import type { Entry } from "../../history/entry.ts";
import { decodeFailure } from "../../history/failure.ts";
import { escapeName } from "../../history/location.ts";
import type { Place } from "../../history/place.ts";
import { CrashLoopError, HistoryDivergedError } from "../../model/errors/history-errors.ts";
import { RunEvictedError } from "../../model/errors/run-errors.ts";
import { StepExhaustedError, StepTimeoutError } from "../../model/errors/step-errors.ts";
import { backoffMs } from "../../model/retry-policy.ts";
import type { RollbackContext } from "../../model/step-options.ts";
import { retryDelay, verdictOn } from "../effects/verdict.ts";
import type { Payloads } from "../replay/payloads.ts";
import type { ArmedStep } from "../replay/run.ts";
import type { Committer } from "./committer.ts";
import type { Control, Wish } from "./control.ts";
import type { CrashCount } from "./crash-count.ts";
import type { Execution } from "./execution.ts";
import { OwnPromises } from "./own-promises.ts";
import { decideUndoing, isUndoingDecided } from "./undoing.ts";

/** How far a rollback got. */
export type RollbackEnd =
  | { readonly end: "done" }
  | { readonly end: "failed"; readonly step: string; readonly error: unknown }
  | { readonly end: "parked"; readonly wakeAt: number }
  | { readonly end: "crash-loop"; readonly error: CrashLoopError }
  | { readonly end: "wish"; readonly wish: Wish };

/** A committed step whose handler has not completed. */
type Armed = Place & { readonly entry: Entry };

/**
 * Owns: undoing a run (ARCHITECTURE 5): collecting the handlers by replay, and running them.
 * Invariants: which steps are undone is read from the history, not from what replay happens to visit; strictly
 * in reverse order of commit, each once, each completion committed (P12, I27 to I29); which they are is durable before
 * the first handler starts (undoing.ts); nothing is undone when a handler is missing (P6).
 */
export class Rollback {
  readonly #execution: Execution;
  readonly #committer: Committer;
  readonly #control: Control;
  readonly #crashes: CrashCount;
  readonly #reason: () => unknown;
  #started = false;
  /** When the wait for the next attempt is over by the monotonic clock; null while none is waited for. */
  #retryEnd: number | null = null;

  /** `execution` is in rollback mode; `reason` gives a copy of why the run rolls back. */
  constructor(
    execution: Execution,
    at: { committer: Committer; control: Control; crashes: CrashCount; reason: () => unknown },
  ) {
    this.#execution = execution;
    this.#committer = at.committer;
    this.#control = at.control;
    this.#crashes = at.crashes;
    this.#reason = at.reason;
  }

  /** Replays what is recorded, so that the code names the handlers of all committed steps; the wish that it is left for. */
  async collect(input: unknown): Promise<HistoryDivergedError | Wish | null> {
    const execution = this.#execution;
    const ownPromises = new OwnPromises(execution.world.clock, execution.wakeup);
    execution.start(input);
    for (;;) {
      if (!(await execution.endOfTurn(this.#control))) return this.#control.wish;
      if (execution.breakdown !== null) throw execution.breakdown.error;
      if (execution.divergence !== null) return execution.divergence;
      const earlier = execution.outcome === null ? execution.unaskedBeforeNext : undefined;
      if (earlier !== undefined) {
        if (this.#control.winding) return this.#control.wish;
        if (await ownPromises.settleFirst(earlier)) continue;
      }
      const handed = execution.handOver();
      if (handed !== false) {
        ownPromises.wentOn();
        if (handed !== true && (await this.#control.patience.wait(handed)) === null)
          return this.#control.wish;
        continue;
      }
      const missing = this.#armed().find((place) => !execution.handlers.has(place));
      if (missing === undefined) return null;
      if (this.#control.winding) return this.#control.wish;
      if (!(await ownPromises.settle(missing))) return this.#noHandler(missing);
    }
  }

  #noHandler(missing: Armed): HistoryDivergedError {
    const execution = this.#execution;
    const location = execution.journal.format(missing);
    return new HistoryDivergedError(execution.workflowId, {
      location,
      recorded: "a committed step with a rollback handler",
      asked: "gave no handler for it while rolling back",
    });
  }

  /** Steps that are still to be undone, last committed first. */
  #armed(): Armed[] {
    const armed: Armed[] = [];
    for (const place of this.#execution.journal.root.entries()) {
      if (place.entry.armed && place.entry.compensation?.done !== true) armed.push(place);
    }
    return armed.sort((a, b) => b.entry.sequence - a.entry.sequence);
  }

  /** Runs the handlers that have not completed. */
  async run(): Promise<RollbackEnd> {
    const armed = this.#armed();
    await this.#decide(armed);
    for (const place of armed) {
      const end = await this.#undo(place, this.#execution.handlers.get(place) as ArmedStep);
      if (end !== null) return end;
    }
    return { end: "done" };
  }

  async #decide(armed: readonly Armed[]): Promise<void> {
    const { journal } = this.#execution;
    if (armed.length === 0 || isUndoingDecided(journal)) return;
    decideUndoing(journal);
    await this.#committer.commit({ status: "rolling_back" }, null);
  }

  async #undo(place: Armed, step: ArmedStep): Promise<RollbackEnd | null> {
    for (;;) {
      const retryAt = place.entry.compensation?.retryAt ?? null;
      if (retryAt !== null) {
        const waited = await this.#waitUntil(retryAt);
        if (waited !== null) return waited;
      }
      if (this.#control.winding) return { end: "wish", wish: this.#control.wish };
      const looping = await this.#countStart(place);
      if (looping !== null) return looping;
      const attempt = (place.entry.compensation?.attempts ?? 0) + 1;
      const outcome = await this.#attempt(place, step, attempt);
      if (outcome === "left") return { end: "wish", wish: this.#control.wish };
      if (outcome.ok) {
        this.#record(place, { attempts: attempt, retryAt: null, done: true, failure: null });
        await this.#committer.commit({ status: "rolling_back" }, null);
        const location = this.#execution.journal.format(place);
        this.#execution.report.event({ type: "rollback-ended", location, name: step.name });
        return null;
      }
      const final = await this.#failed(place, step, { attempt, error: outcome.error });
      if (final !== undefined) return { end: "failed", step: step.name, error: final };
    }
  }

  /** The first handler of a pass counts towards the crash budget, like the first body of one (ARCHITECTURE 8). */
  async #countStart(place: Armed): Promise<RollbackEnd | null> {
    if (this.#started) return null;
    this.#started = true;
    const { workflowId, journal, limits } = this.#execution;
    const { starts, committed } = this.#crashes;
    if (starts > limits.crashBudget) {
      const error = new CrashLoopError(workflowId, starts, [journal.format(place)]);
      return { end: "crash-loop", error };
    }
    if (committed) await this.#committer.commit({ status: "rolling_back", barrenStarts: starts + 1 }, null);
    return null;
  }

  /** Records a failed attempt; returns the error when there will be no other. */
  async #failed(
    place: Armed,
    step: ArmedStep,
    failed: { attempt: number; error: unknown },
  ): Promise<unknown> {
    const { report, timers, world, workflowId, journal, limits, payloads } = this.#execution;
    const { attempt, error } = failed;
    const verdict = verdictOn(error, attempt, { policy: step.policy, retryOnTimeout: true });
    const delay = retryDelay(error, timers.now()) ?? backoffMs(step.policy, attempt, world.random.float());
    const retryAt = verdict === "retry" ? timers.now() + delay : null;
    const failure = payloads.failure(error);
    this.#record(place, { attempts: attempt, retryAt, done: false, failure });
    const location = journal.format(place);
    report.event({
      type: "rollback-failed",
      location,
      name: step.name,
      error,
      willRetry: retryAt !== null,
      retryAt,
    });
    report.error({ rollback: { workflowId, stepName: step.name, error } });
    // Not the error itself, which has been shown around.
    const cause = decodeFailure(failure);
    if (verdict === "final") return cause;
    if (verdict === "exhausted") return new StepExhaustedError(`${step.name} (rollback)`, attempt, { cause });
    if (delay <= limits.memoryBackoffMs) await this.#committer.commit({ status: "rolling_back" }, null);
    return undefined;
  }

  #record(place: Armed, compensation: NonNullable<Entry["compensation"]>): void {
    this.#execution.journal.write(place, { ...place.entry, compensation });
  }

  /** Waits in memory when it is short; else parks. */
  async #waitUntil(at: number): Promise<RollbackEnd | null> {
    const { timers, world, wakeup, journal, limits } = this.#execution;
    // By the monotonic clock too: a wall clock that is set back meanwhile delays nothing.
    this.#retryEnd ??= world.clock.monotonic() + at - timers.now();
    const end = this.#retryEnd;
    while (timers.now() < at && world.clock.monotonic() < end) {
      if (this.#control.winding) return { end: "wish", wish: this.#control.wish };
      if (at - timers.now() > limits.memoryBackoffMs) {
        const { header } = journal;
        const parked = header.status === "rolling_back" && header.wakeAt === at && !journal.isDirty;
        if (!parked) await this.#committer.commit({ status: "rolling_back", wakeAt: at }, null);
        return { end: "parked", wakeAt: at };
      }
      const cancel = world.clock.setTimer(at - timers.now(), () => wakeup.notify());
      await wakeup.wait();
      cancel();
    }
    this.#retryEnd = null;
    return null;
  }

  async #attempt(
    place: Armed,
    step: ArmedStep,
    attempt: number,
  ): Promise<{ ok: true } | { ok: false; error: unknown } | "left"> {
    const { world, payloads, report, workflowId, journal, wakeup } = this.#execution;
    const controller = new AbortController();
    const location = journal.format(place);
    const failure = place.entry.compensation?.failure ?? null;
    const context: RollbackContext = {
      workflowId,
      attempt,
      idempotencyKey: `${escapeName(workflowId)}/${location}/rollback`,
      signal: controller.signal,
      lastError: failure === null ? undefined : decodeFailure(failure),
      // What a handler does to it, no other is shown (P8).
      error: this.#reason(),
      log: report.log({ rollback: step.name, attempt }, () => false),
    };
    const result = await this.#control.patience.wait(resultOf(place, payloads));
    world.beforeEffect();
    if (result === null || this.#control.winding) return "left";
    let settled: { ok: true } | { ok: false; error: unknown } | null = null;
    const settle = (how: { ok: true } | { ok: false; error: unknown }): void => {
      settled ??= how;
      wakeup.notify();
    };
    const body = async (): Promise<unknown> =>
      world.code.run({ owner: this.#execution, body: step.name }, () => step.run(context, result.value));
    body().then(
      () => settle({ ok: true }),
      (error: unknown) => settle({ ok: false, error }),
    );
    const timeout = new StepTimeoutError(`${step.name} (rollback)`, step.timeoutMs);
    const cancel =
      step.timeoutMs === 0
        ? (): void => {}
        : world.clock.setTimer(step.timeoutMs, () => settle({ ok: false, error: timeout }));
    while (settled === null && this.#control.wish !== "evict") await wakeup.wait();
    cancel();
    if (settled === null) {
      controller.abort(new RunEvictedError(workflowId));
      return "left";
    }
    if (!(settled as { ok: boolean }).ok) controller.abort((settled as { error?: unknown }).error);
    return settled;
  }
}

async function resultOf({ entry }: Armed, payloads: Payloads): Promise<unknown> {
  return payloads.decode(entry.result ?? new Uint8Array(0));
}
