import type { Entry } from "../../history/entry.ts";
import type { Place } from "../../history/place.ts";
import { checkBoolean, checkFunction, checkName, checkWord } from "../../model/check.ts";
import { ROLLBACK_OPTIONS, STEP_CONFIG, STEP_OPTIONS } from "../../model/context-option-names.ts";
import { describe, describeName } from "../../model/describe.ts";
import { durationMs } from "../../model/duration.ts";
import { InvalidArgumentError, LimitError } from "../../model/errors/argument-errors.ts";
import { RollbackCheckpointError } from "../../model/errors/step-errors.ts";
import { checkGiven, checkNames, isPlain, type OptionNames } from "../../model/option-names.ts";
import { retryPolicy } from "../../model/retry-policy.ts";
import { checkSchema } from "../../model/schema.ts";
import {
  DEFAULT_STEP_TIMEOUT_MS,
  type RollbackOptions,
  type StepBody,
  type StepConfig,
  type StepOptions,
} from "../../model/step-options.ts";
import { StepAttempts, type StepPlan } from "../effects/step-attempts.ts";
import { isRecorded } from "../replay/admitted.ts";
import { claim } from "../replay/claim.ts";
import { Operation } from "../replay/operation.ts";
import type { ArmedStep } from "../replay/run.ts";
import type { Scope } from "../replay/scope.ts";
import type { WatchedPromise } from "../replay/watched-promise.ts";

/** What a step may be told, in each of the two ways of calling it. */
export interface StepNames {
  readonly config: OptionNames;
  readonly options: OptionNames;
}

export const STEP_NAMES: StepNames = { config: STEP_CONFIG, options: STEP_OPTIONS };

/**
 * The two ways of calling `step`, as one.
 * @throws InvalidArgumentError when an option is unknown, or both ways are taken at once.
 */
export function stepConfig<Result>(
  [nameOrConfig, run, options]: StepArguments<Result>,
  known: StepNames,
): StepConfig<Result> {
  if (typeof nameOrConfig === "object" && nameOrConfig !== null) {
    checkNames(nameOrConfig, () => `The options of step ${describeName(nameOrConfig.name)}`, known.config);
    if (run === undefined && options === undefined) return nameOrConfig;
    throw new InvalidArgumentError(
      `Step ${describeName(nameOrConfig.name)} takes a name, a function and options, or all of it as one object; got an object and more.`,
    );
  }
  const named = new NamedBody(nameOrConfig, run as StepBody<Result>);
  if (options === undefined) return named;
  checkNames(options, () => `The options of step ${describeName(nameOrConfig)}`, known.options);
  if (isPlain(options)) return { ...options, ...named };
  // A class may have them on its prototype.
  const config: Record<string, unknown> = { ...named };
  for (const option of known.options) config[option] = Reflect.get(options, option);
  return config as unknown as StepConfig<Result>;
}

/** A step without options, as most are: there is nothing to check but its body. */
class NamedBody<Result> implements StepConfig<Result> {
  readonly name: string;
  readonly run: StepBody<Result>;

  constructor(name: string, run: StepBody<Result>) {
    this.name = name;
    this.run = run;
  }
}

export type StepArguments<Result> = readonly [
  nameOrConfig: string | StepConfig<Result>,
  run: StepBody<Result> | undefined,
  options: StepOptions<Result> | undefined,
];

/** Runs side effects and records the result (P1, P2). */
export function step<Result>(scope: Scope, config: StepConfig<Result>): WatchedPromise<Result> {
  const { run } = scope;
  const plan = stepPlan(config);
  const armed = armedStep(config);
  if (armed !== null) checkArmed(scope, config.name);
  const place = claim(scope, "step", config.name);
  const operation = new Operation<Result>(
    { scope, place, kind: "step" },
    (entry) => run.payloads.decode(entry.result ?? new Uint8Array(0)) as Result,
  );
  const entry = place.entry;
  if (entry !== null && entry.status !== "pending") {
    if (armed !== null && entry.status === "completed") arm(scope, place, armed);
    return operation.replay(place.entry ?? entry);
  }
  if (run.rollingBack) return operation.promise;
  scope.stepBegins(place);
  run.whenLive(() => {
    if (scope.closed) return;
    const attempts = new StepAttempts(operation, plan);
    if (entry !== null && wasInterrupted(entry, plan)) attempts.interrupted(entry.count);
    else attempts.schedule();
  });
  return operation.promise;
}

/**
 * A committed step has a handler. One that the code has gained since the commit (a handler added by a deploy, a history
 * of another engine) is armed from now on; once it is decided what a rollback undoes, it comes too late.
 */
function arm(scope: Scope, place: Place, step: ArmedStep): void {
  const { run } = scope;
  const { entry } = place;
  if (entry !== null && !entry.armed && run.arms) {
    scope.armed();
    run.journal.write(place, { ...entry, armed: true });
  }
  if (run.rollingBack) run.handlers.set(place, step);
}

/** An at-most-once step whose start is recorded, but not how it ended. */
function wasInterrupted(entry: Entry, plan: StepPlan): boolean {
  return plan.atMostOnce && entry.count > 0 && entry.extra === null;
}

/** @throws InvalidArgumentError when an option is wrong. */
function stepPlan<Result>(config: StepConfig<Result>): StepPlan {
  const { name, run: body } = config;
  if (typeof body !== "function") {
    // Whoever forgets the name has the function in its place.
    checkName(name, "The name of the step");
    checkFunction(body, `Step ${describeName(name)}: run`);
  }
  const options = config instanceof NamedBody ? NO_OPTIONS : planOptions(config);
  return { ...options, name, body };
}

function planOptions<Result>(config: StepConfig<Result>): Omit<StepPlan, "name" | "body"> {
  const where = `Step ${describeName(config.name)}`;
  const { delivery } = config;
  const { ephemeral = false, retryOnTimeout = false, timeout = DEFAULT_STEP_TIMEOUT_MS } = config;
  if (delivery !== undefined) checkWord(delivery, `${where}: delivery`, ["at-least-once", "at-most-once"]);
  checkBoolean(ephemeral, `${where}: ephemeral`);
  checkBoolean(retryOnTimeout, `${where}: retryOnTimeout`);
  checkSchema(config.output, `${where}: output`);
  const { heartbeatTimeout = 0 } = config;
  return {
    policy: retryPolicy(config, where),
    timeoutMs: durationMs(timeout, `${where}: timeout`),
    heartbeatTimeoutMs: durationMs(heartbeatTimeout, `${where}: heartbeatTimeout`),
    retryOnTimeout,
    ephemeral,
    atMostOnce: delivery === "at-most-once",
    armed: config.rollback !== undefined,
    output: config.output,
  };
}

const NO_OPTIONS = planOptions({ name: "", run: () => {} });

function armedStep<Result>(config: StepConfig<Result>): ArmedStep | null {
  const { rollback } = config;
  if (rollback === undefined) return null;
  const where = `Step ${describeName(config.name)}: rollback`;
  const options: RollbackOptions<Result> = typeof rollback === "function" ? { run: rollback } : rollback;
  if (typeof options !== "object" || options === null) {
    throw new InvalidArgumentError(`${where} must be a function or { run, … }; got ${describe(rollback)}.`);
  }
  checkGiven(options, () => `The rollback options of step ${describeName(config.name)}`, ROLLBACK_OPTIONS);
  checkFunction(options.run, `${where}.run`);
  const { run, timeout = DEFAULT_STEP_TIMEOUT_MS } = options;
  return {
    name: config.name,
    run: run as ArmedStep["run"],
    policy: retryPolicy(options, where),
    timeoutMs: durationMs(timeout, `${where}.timeout`),
  };
}

/** Steps of a loop with handlers that its code has been handed: as many in a replay as the first time (P5). */
function armedBefore(loop: Place, turn: number): number {
  let armed = 0;
  for (const { entry } of loop.entries()) if (entry.armed && entry.sequence <= turn) armed += 1;
  return armed;
}

/** @throws RollbackCheckpointError before any checkpoint, LimitError when a loop has armed too many. */
function checkArmed(scope: Scope, name: string): void {
  if (!scope.pastCheckpoint) throw new RollbackCheckpointError(name);
  const maximum = scope.run.limits.armedHandlers;
  if (scope.loopArmed === null || scope.loopArmed.count < maximum || isRecorded(scope, name)) return;
  const armed = armedBefore(scope.loopArmed.loop, scope.run.turns.current);
  if (armed < maximum) return;
  throw new LimitError({
    limit: "armedHandlers",
    maximum,
    actual: armed + 1,
    where: `The loop around step "${name}"`,
    remedy:
      "Handlers keep their iterations from being pruned: do the compensable work in runs of its own, or raise the limit.",
  });
}
