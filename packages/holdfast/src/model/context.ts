import type { Duration, Instant } from "./duration.ts";
import type { LoopDecision, LoopOptions } from "./loop.ts";
import type { CompletableMessageOf, MessageBodies, MessageOf } from "./message.ts";
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
} from "./step-options.ts";

/** One branch of a `join`. */
export interface BranchConfig<Bodies extends MessageBodies, Value> {
  readonly run: (ctx: WorkflowContext<Bodies>) => Value | Promise<Value>;
}

/** One branch of a `race`. */
export interface RaceBranch<Bodies extends MessageBodies, Value> extends BranchConfig<Bodies, Value> {
  readonly name: string;
}

/** Who won a race, and with what. */
export interface RaceResult<Value> {
  readonly winner: string;
  readonly value: Value;
}

export interface LoopConfig<Bodies extends MessageBodies, State, Value> extends LoopOptions {
  readonly name: string;
  /** The state of the first iteration. */
  readonly state?: State;
  readonly run: LoopBody<Bodies, State, Value>;
}

/** One iteration; returning nothing continues a loop without state. */
export type LoopBody<Bodies extends MessageBodies, State, Value> = (
  ctx: WorkflowContext<Bodies>,
  state: State,
) => Promise<LoopDecision<State, Value> | undefined | void> | LoopDecision<State, Value> | undefined | void;

/** Items of a `map` in work at once. */
export const DEFAULT_MAP_CONCURRENCY = 10;

export interface MapOptions {
  /** Items in work at once, 1 or more. @default 10 */
  readonly concurrency?: number;
  /** Finish as soon as this many succeeded; the rest is left behind, its results are `undefined`. */
  readonly minSuccessful?: number;
  /** Failures that are let pass (their results are `undefined`); one more fails the map. @default 0 */
  readonly toleratedFailures?: number;
}

export interface QueueNextOptions<Name extends string, Completable extends boolean = boolean> {
  /** The names to receive, 1 or more. */
  readonly names: readonly Name[];
  /** @default none: waits for ever */
  readonly timeout?: Duration;
  /** Whether the message must be answered with `complete`. @default false */
  readonly completable?: Completable;
}

export interface QueueBatchOptions<Name extends string, Completable extends boolean = boolean>
  extends QueueNextOptions<Name, Completable> {
  /** At most this many messages, 1 to 1,000. @default 1 */
  readonly count?: number;
}

export interface QueueSendOptions {
  /** The workflow id of the receiver. @default this run */
  readonly to?: string;
}

/** Receives and sends messages. */
export interface WorkflowQueue<Bodies extends MessageBodies> {
  /**
   * Waits for a message.
   * @throws QueueTimeoutError when none came within `timeout`.
   */
  next<Name extends keyof Bodies & string>(
    name: string,
    options: QueueNextOptions<Name, true> & { readonly completable: true },
  ): Promise<CompletableMessageOf<Bodies, Name>>;
  next<Name extends keyof Bodies & string>(
    name: string,
    options: QueueNextOptions<Name>,
  ): Promise<MessageOf<Bodies, Name>>;
  /** Waits for at least one message and gives up to `count`; on timeout `[]`. */
  nextBatch<Name extends keyof Bodies & string>(
    name: string,
    options: QueueBatchOptions<Name, true> & { readonly completable: true },
  ): Promise<CompletableMessageOf<Bodies, Name>[]>;
  nextBatch<Name extends keyof Bodies & string>(
    name: string,
    options: QueueBatchOptions<Name>,
  ): Promise<MessageOf<Bodies, Name>[]>;
  /**
   * Sends a message to this run or another one, once, as part of this run's history.
   * @throws QueueFullError, RunFinishedError, RunNotFoundError when the receiver cannot take it.
   */
  send(name: string, body: unknown, options?: QueueSendOptions): Promise<void>;
}

/** Kinds of operations whose place `removed` can keep. */
export type RemovedKind =
  | "step"
  | "loop"
  | "sleep"
  | "message"
  | "join"
  | "race"
  | "map"
  | "try"
  | "send"
  | "rollback_checkpoint"
  | "version";

/**
 * What a workflow function is given. Every operation takes a name that is unique in its scope, first. Each is recorded
 * once; on replay it gives what was recorded.
 */
export interface WorkflowContext<Bodies extends MessageBodies = MessageBodies> {
  readonly workflowId: string;
  /** Aborted with a reason when this scope is left: eviction, cancel, lost race, lost claim. */
  readonly abortSignal: AbortSignal;
  /** Silent while replaying. */
  readonly log: Log;
  readonly queue: WorkflowQueue<Bodies>;

  /** Whether this run is being stopped in this process. */
  isEvicted(): boolean;

  /** Runs side effects and records the result. */
  step<Result>(name: string, run: StepBody<Result>, options?: StepOptions<Result>): Promise<Result>;
  step<Result>(config: StepConfig<Result>): Promise<Result>;

  /** As `step`, but a terminal failure comes back as data. */
  tryStep<Result>(
    name: string,
    run: StepBody<Result>,
    options?: TryStepOptions<Result>,
  ): Promise<TryResult<Result, StepFailureKind>>;
  tryStep<Result>(config: TryStepConfig<Result>): Promise<TryResult<Result, StepFailureKind>>;

  /** Runs a block whose failure comes back as data. */
  try<Value>(
    name: string,
    run: (ctx: WorkflowContext<Bodies>) => Value | Promise<Value>,
    options?: TryOptions,
  ): Promise<TryResult<Value, BlockFailureKind>>;

  /** Durable iteration at a flat cost. */
  loop<Value = undefined>(name: string, run: LoopBody<Bodies, undefined, Value>): Promise<Value>;
  loop<State = undefined, Value = undefined>(config: LoopConfig<Bodies, State, Value>): Promise<Value>;

  /** Durable timer of any length. */
  sleep(name: string, duration: Duration): Promise<void>;
  sleepUntil(name: string, instant: Instant): Promise<void>;

  /** Short forms of `queue.next` and `queue.nextBatch`: the body, or `null` / `[]` on timeout. */
  listen<Name extends keyof Bodies & string>(name: string, messageName: Name): Promise<Bodies[Name]>;
  listenN<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    limit: number,
  ): Promise<Bodies[Name][]>;
  listenWithTimeout<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    timeout: Duration,
  ): Promise<Bodies[Name] | null>;
  listenUntil<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    instant: Instant,
  ): Promise<Bodies[Name] | null>;
  listenNWithTimeout<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    limit: number,
    timeout: Duration,
  ): Promise<Bodies[Name][]>;
  listenNUntil<Name extends keyof Bodies & string>(
    name: string,
    messageName: Name,
    limit: number,
    instant: Instant,
  ): Promise<Bodies[Name][]>;

  /** Runs named branches in parallel; all settle; failures gather in `JoinError`. */
  join<Branches extends Readonly<Record<string, BranchConfig<Bodies, unknown>>>>(
    name: string,
    branches: Branches,
  ): Promise<{ -readonly [B in keyof Branches]: Awaited<ReturnType<Branches[B]["run"]>> }>;

  /** First success wins and is recorded; losers are told by their signal and left behind. All failed: `RaceError`. */
  race<Value>(name: string, branches: readonly RaceBranch<Bodies, Value>[]): Promise<RaceResult<Value>>;
  race<const Branches extends readonly RaceBranch<Bodies, unknown>[]>(
    name: string,
    branches: Branches,
  ): Promise<RaceResult<Awaited<ReturnType<Branches[number]["run"]>>>>;

  /** Runs `run` once per item with bounded concurrency; results in item order. Missed policy: `MapError`. */
  map<Item, Value>(
    name: string,
    items: readonly Item[],
    run: (ctx: WorkflowContext<Bodies>, item: Item, index: number) => Value | Promise<Value>,
    options?: MapOptions & { readonly minSuccessful?: undefined; readonly toleratedFailures?: undefined },
  ): Promise<Value[]>;
  /** With a completion policy, items that failed or were left behind have no value. */
  map<Item, Value>(
    name: string,
    items: readonly Item[],
    run: (ctx: WorkflowContext<Bodies>, item: Item, index: number) => Value | Promise<Value>,
    options: MapOptions,
  ): Promise<(Value | undefined)[]>;

  /** From here on `rollback` handlers are armed. */
  rollbackCheckpoint(name: string): Promise<void>;

  /** The version of the code that this run is pinned to at this place: `latest` for runs that are new here, else 1. */
  getVersion(name: string, latest: number): Promise<number>;

  /** Keeps the place of an operation that the code no longer has. */
  removed(name: string, kind: RemovedKind): Promise<void>;

  /** Milliseconds since the epoch; the same on replay, nothing stored. It moves when results are handed over. */
  now(): number;
  /** In [0, 1); the same on replay, nothing stored. */
  random(): number;
  /** A version 4 UUID; the same on replay, nothing stored. */
  uuid(): string;
}
