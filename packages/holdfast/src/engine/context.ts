import type {
  LoopBody,
  LoopConfig,
  MapOptions,
  RaceBranch,
  RaceResult,
  RemovedKind,
  WorkflowContext,
} from "../model/context.ts";
import type { Duration, Instant } from "../model/duration.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { messageOf } from "../model/errors/describe-error.ts";
import { HoldfastError } from "../model/errors/holdfast-error.ts";
import type { Message, MessageBodies } from "../model/message.ts";
import type { QueueBatchOptions, QueueNextOptions, QueueSendOptions, WorkflowQueue } from "../model/queue.ts";
import type {
  BlockFailureKind,
  Log,
  StepBody,
  StepConfig,
  StepFailureKind,
  StepOptions,
  TryOptions,
  TryResult,
  TryStepConfig,
  TryStepOptions,
} from "../model/step-options.ts";
import { boundWhenRead } from "./bound-when-read.ts";
import { rollbackCheckpoint } from "./primitives/checkpoint.ts";
import { join } from "./primitives/join.ts";
import { type ListenEnd, listen, listenN } from "./primitives/listen.ts";
import { loop, loopConfig } from "./primitives/loop.ts";
import { map } from "./primitives/map.ts";
import { receive, receiveOptions } from "./primitives/queue.ts";
import { race } from "./primitives/race.ts";
import { removed } from "./primitives/removed.ts";
import { send } from "./primitives/send.ts";
import { sleep, sleepUntil } from "./primitives/sleep.ts";
import { STEP_NAMES, step, stepConfig } from "./primitives/step.ts";
import { TRY_STEP_NAMES, tryBlock, tryStep } from "./primitives/try.ts";
import { getVersion } from "./primitives/version.ts";
import { checkUse, Halt } from "./replay/claim.ts";
import type { Scope } from "./replay/scope.ts";

/** The context of a scope: names the primitives, one line each. */
export function contextOf(scope: Scope): WorkflowContext {
  return new ScopeContext(scope) as unknown as WorkflowContext;
}

/**
 * Calls an operation. In a scope that was left behind, or when the code was found not to fit the history, the promise
 * stays pending for ever: no control-flow signal of the engine reaches user code (I26). This is the one place that
 * knows `Halt`. Misuse in workflow code is an error on the spot; where no workflow code can be running, in a timer's
 * callback say, it is a rejection and a warning, because a throw there would end the process.
 */
function call<Value>(scope: Scope, operation: () => Promise<Value>): Promise<Value> {
  if (scope.left) return new Promise(() => {});
  try {
    return operation();
  } catch (error) {
    if (error instanceof Halt) return new Promise(() => {});
    const refusal = refusalOf(error);
    if (scope.run.turns.open) throw refusal;
    scope.run.report.warn(refusal.message, { error: refusal });
    const late = Promise.reject(refusal);
    late.catch(() => {});
    return late;
  }
}

/** Nothing of the code's runs within a call but what its arguments do when they are looked at. */
function refusalOf(error: unknown): HoldfastError {
  if (HoldfastError.is(error)) return error;
  const message = `The arguments of an operation cannot be read: ${messageOf(error)}.`;
  return new InvalidArgumentError(message, { cause: error });
}

class ScopeContext {
  readonly #scope: Scope;
  readonly queue: WorkflowQueue<MessageBodies>;
  readonly workflowId: string;
  #log: Log | null = null;

  constructor(scope: Scope) {
    this.#scope = scope;
    this.workflowId = scope.run.workflowId;
    this.queue = new ScopeQueue(scope) as unknown as WorkflowQueue<MessageBodies>;
  }

  get abortSignal(): AbortSignal {
    return this.#scope.signal;
  }

  get log(): Log {
    const { run } = this.#scope;
    // What replays results is the code around bodies and handlers, not they.
    this.#log ??= run.report.log({}, () => !run.live && run.world.code.current()?.body === undefined);
    return this.#log;
  }

  isEvicted(): boolean {
    return this.#scope.run.evicted;
  }

  step<R>(name: string | StepConfig<R>, run?: StepBody<R>, options?: StepOptions<R>): Promise<R> {
    return call(this.#scope, () => step(this.#scope, stepConfig([name, run, options], STEP_NAMES)));
  }

  tryStep<R>(
    name: string | TryStepConfig<R>,
    run?: StepBody<R>,
    options?: TryStepOptions<R>,
  ): Promise<TryResult<R, StepFailureKind>> {
    return call(this.#scope, () => tryStep(this.#scope, stepConfig([name, run, options], TRY_STEP_NAMES)));
  }

  try<V>(
    name: string,
    run: (ctx: WorkflowContext) => V | Promise<V>,
    options?: TryOptions,
  ): Promise<TryResult<V, BlockFailureKind>> {
    return call(this.#scope, () => tryBlock(this.#scope, name, run, options));
  }

  loop<V>(
    name: string | LoopConfig<MessageBodies, never, V>,
    run?: LoopBody<MessageBodies, undefined, V>,
    options?: undefined,
  ): Promise<V> {
    return call(this.#scope, () => loop(this.#scope, loopConfig<V>([name, run, options])));
  }

  sleep(name: string, duration: Duration): Promise<void> {
    return call(this.#scope, () => sleep(this.#scope, name, duration));
  }

  sleepUntil(name: string, instant: Instant): Promise<void> {
    return call(this.#scope, () => sleepUntil(this.#scope, name, instant));
  }

  #listen(name: string, messageName: string, end: ListenEnd): Promise<unknown> {
    return call(this.#scope, () => listen(this.#scope, { name, messageName, end }));
  }

  #listenN(name: string, messageName: string, limit: number, end: ListenEnd): Promise<unknown[]> {
    return call(this.#scope, () => listenN(this.#scope, { name, messageName, limit, end }));
  }

  listen(name: string, messageName: string): Promise<unknown> {
    return this.#listen(name, messageName, "never");
  }

  listenN(name: string, messageName: string, limit: number): Promise<unknown[]> {
    return this.#listenN(name, messageName, limit, "never");
  }

  listenWithTimeout(name: string, messageName: string, timeout: Duration): Promise<unknown> {
    return this.#listen(name, messageName, { timeout });
  }

  listenUntil(name: string, messageName: string, until: Instant): Promise<unknown> {
    return this.#listen(name, messageName, { until });
  }

  listenNWithTimeout(
    name: string,
    messageName: string,
    limit: number,
    timeout: Duration,
  ): Promise<unknown[]> {
    return this.#listenN(name, messageName, limit, { timeout });
  }

  listenNUntil(name: string, messageName: string, limit: number, until: Instant): Promise<unknown[]> {
    return this.#listenN(name, messageName, limit, { until });
  }

  join(name: string, branches: Parameters<typeof join>[2]): Promise<unknown> {
    return call(this.#scope, () => join(this.#scope, name, branches));
  }

  race<V>(name: string, branches: readonly RaceBranch<MessageBodies, V>[]): Promise<RaceResult<V>> {
    return call(this.#scope, () => race(this.#scope, name, branches));
  }

  map<V>(
    name: string,
    items: readonly unknown[],
    run: (ctx: WorkflowContext, item: never, index: number) => V | Promise<V>,
    options?: MapOptions,
  ): Promise<V[]> {
    return call(this.#scope, () => map<V>(this.#scope, name, items, { run, options }));
  }

  rollbackCheckpoint(name: string): Promise<void> {
    return call(this.#scope, () => rollbackCheckpoint(this.#scope, name));
  }

  getVersion(name: string, latest: number): Promise<number> {
    return call(this.#scope, () => getVersion(this.#scope, name, latest));
  }

  removed(name: string, kind: RemovedKind): Promise<void> {
    return call(this.#scope, () => removed(this.#scope, name, kind));
  }

  now(): number {
    this.#checkDraw("now");
    return this.#scope.time;
  }

  random(): number {
    this.#checkDraw("random");
    return this.#scope.draws.float();
  }

  uuid(): string {
    this.#checkDraw("uuid");
    return this.#scope.draws.uuid();
  }

  /** Code that was left behind goes on until it asks for an operation: what waits for nothing has an answer for it, too. */
  #checkDraw(name: string): void {
    if (!this.#scope.left) checkUse(this.#scope, "call of", name);
  }
}

class ScopeQueue {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  next(name: string, options: QueueNextOptions<string>): Promise<Message> {
    return call(this.#scope, () => {
      const wanted = receiveOptions(this.#scope, name, options, true);
      return receive(this.#scope, wanted).made((messages) => messages[0] as Message);
    });
  }

  nextBatch(name: string, options: QueueBatchOptions<string>): Promise<Message[]> {
    return call(this.#scope, () => receive(this.#scope, receiveOptions(this.#scope, name, options, false)));
  }

  send(name: string, body: unknown, options?: QueueSendOptions): Promise<void> {
    return call(this.#scope, () => send(this.#scope, name, body, options));
  }
}

boundWhenRead(ScopeContext.prototype);
boundWhenRead(ScopeQueue.prototype);
