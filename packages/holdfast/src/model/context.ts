import type { Duration, Instant } from "./duration.ts";
import type { LoopDecision, LoopOptions, LoopValue } from "./loop.ts";
import type { MessageBodies } from "./message.ts";
import type { ListenOperations, WorkflowQueue } from "./queue.ts";
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
  /** Is given the branch's own context: use that one inside, not the one around it. */
  readonly run: (ctx: WorkflowContext<Bodies>) => Value | Promise<Value>;
}

/** One branch of a `race`. */
export interface RaceBranch<Bodies extends MessageBodies, Value> extends BranchConfig<Bodies, Value> {
  /** Unique in the race; what `winner` says. */
  readonly name: string;
}

/** Who won a race, and with what. */
export interface RaceResult<Value> {
  /** The name of the branch. */
  readonly winner: string;
  readonly value: Value;
}

/** A loop as one object. */
export interface LoopConfig<Bodies extends MessageBodies, State, Value> extends LoopOptions {
  /** Unique in its scope. */
  readonly name: string;
  /** The state of the first iteration. It is stored, so it has to be plain data. @default undefined */
  readonly state?: State;
  readonly run: LoopBody<Bodies, State, Value>;
}

/** One iteration; returning nothing continues a loop without state. */
export type LoopBody<Bodies extends MessageBodies, State, Value> = (
  ctx: WorkflowContext<Bodies>,
  state: State,
) => Promise<LoopDecision<State, Value> | undefined | void> | LoopDecision<State, Value> | undefined | void;

/** An iteration by all that it may return, for loops that are left with values of several types. */
type DecidingBody<Bodies extends MessageBodies, State, Decision> = (
  ctx: WorkflowContext<Bodies>,
  state: State,
) => Decision | Promise<Decision>;

/** Items of a `map` in work at once. */
export const DEFAULT_MAP_CONCURRENCY = 10;

/** Options of `map`. */
export interface MapOptions {
  /** Items in work at once, 1 or more, or `Infinity`. A deploy may change it: for a map at work that counts from then on. @default 10 */
  readonly concurrency?: number;
  /**
   * Finish as soon as this many succeeded; the rest is left behind, its results are `undefined`. The map fails as soon as so many
   * cannot succeed any more, whatever is tolerated. @default all
   */
  readonly minSuccessful?: number;
  /**
   * Failures that are let pass (their results are `undefined`); one more fails the map. @default 0, or with `minSuccessful` as many as
   * leave that possible
   */
  readonly toleratedFailures?: number;
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
 * What a workflow function is given. Every operation takes a name first, unique in its scope: the workflow, an iteration
 * of a loop, a branch, an item of a map, a `try`. Its result is recorded once; when the function runs again, after a
 * crash or a long wait, the operation gives what was recorded.
 *
 * Every operation throws `InvalidArgumentError` for a wrong argument, `DuplicateNameError` for a name that its scope has
 * already, and `ContextMisuseError` inside a step's body or when its scope has ended.
 */
export interface WorkflowContext<Bodies extends MessageBodies = MessageBodies>
  extends ListenOperations<Bodies> {
  /** The id that the run was started with. */
  readonly workflowId: string;
  /** Aborted with a reason when this scope is left: eviction, cancel, lost race, lost claim. */
  readonly abortSignal: AbortSignal;
  /** Writes to the host's `logger`; silent while results are replayed, so each line appears once. */
  readonly log: Log;
  /** Receives messages by name and sends them; `listen…` are its short forms. */
  readonly queue: WorkflowQueue<Bodies>;

  /** Whether this run is being stopped in this process, by `host.stop()` for one. Nothing is lost: it goes on elsewhere. */
  isEvicted(): boolean;

  /**
   * Runs `run`, which may do anything (call a service, read a file, ask the clock), and records what it returns. Once
   * that is committed it never runs again. What it throws is retried, 3 times by default with growing pauses; after a
   * crash in mid-work it starts again, so give services the `idempotencyKey` that it is given.
   * @throws StepExhaustedError when all attempts failed (the last error is its `cause`); StepTimeoutError after 30 s
   * (`timeout`); `CriticalError`, and what `retryIf` refuses, as they are; StepInterruptedError (`delivery`);
   * UnserializableValueError when the result is no plain data; LimitError when it is over 1 MiB (`limits.payloadBytes`).
   *
   * @example const receipt = await ctx.step("charge", ({ idempotencyKey }) => bank.charge(card, cents, idempotencyKey));
   */
  step<Result>(name: string, run: StepBody<Result>, options?: StepOptions<Result>): Promise<Result>;
  /**
   * The same with everything in one object.
   * @example
   * const booking = await ctx.step({
   *   name: "book",
   *   maxRetries: 5,
   *   timeout: "10s",
   *   run: ({ signal }) => travel.book(flight, { signal }),
   *   rollback: (_ctx, booking) => travel.cancel(booking),
   * });
   */
  step<Result>(config: StepConfig<Result>): Promise<Result>;

  /**
   * As `step`, but a step that failed for good comes back as data: `{ ok: true, value }` or
   * `{ ok: false, failure: { kind, error } }`. `catch` says which kinds.
   */
  tryStep<Result>(
    name: string,
    run: StepBody<Result>,
    options?: TryStepOptions<Result>,
  ): Promise<TryResult<Result, StepFailureKind>>;
  /** The same with everything in one object. */
  tryStep<Result>(config: TryStepConfig<Result>): Promise<TryResult<Result, StepFailureKind>>;

  /**
   * Runs a block of operations on a context of its own; when a step, join, map or race in it fails, that comes back as
   * data: `{ ok: true, value }` or `{ ok: false, failure: { kind, error } }`. Errors that your own code throws in it pass
   * through. `catch` says which kinds come back.
   */
  try<Value>(
    name: string,
    run: (ctx: WorkflowContext<Bodies>) => Value | Promise<Value>,
    options?: TryOptions,
  ): Promise<TryResult<Value, BlockFailureKind>>;

  /**
   * Runs `run` again and again until it returns `Loop.break(value)`, and gives that value. Old iterations are forgotten,
   * so a loop may run for years: its cost does not grow. Each iteration has a context of its own, whose names are its
   * own too. What the next one has to know goes through the state, by `Loop.continue(state)`.
   *
   * @example
   * await ctx.loop("hourly", async (ctx) => {
   *   await ctx.step("poll", () => feed.poll());
   *   await ctx.sleep("an hour", "1h");
   * });
   */
  loop<Value = undefined>(name: string, run: LoopBody<Bodies, undefined, Value>): Promise<Value>;
  /**
   * A loop with a state.
   * @example
   * const total = await ctx.loop({
   *   name: "pages",
   *   state: { cursor: 0, total: 0 },
   *   run: async (ctx, { cursor, total }) => {
   *     const rows = await ctx.step("import", () => importPage(cursor));
   *     return rows === 0 ? Loop.break(total) : Loop.continue({ cursor: cursor + 1, total: total + rows });
   *   },
   * });
   */
  loop<State = undefined, Value = undefined>(config: LoopConfig<Bodies, State, Value>): Promise<Value>;
  /** A loop that is left with values of several types. */
  loop<Decision extends LoopDecision<undefined, unknown> | undefined | void>(
    name: string,
    run: DecidingBody<Bodies, undefined, Decision>,
  ): Promise<LoopValue<Decision>>;
  /** A loop with a state that is left with values of several types. */
  loop<State, Decision extends LoopDecision<State, unknown> | undefined | void>(
    config: Omit<LoopConfig<Bodies, State, unknown>, "run"> & {
      readonly run: DecidingBody<Bodies, State, Decision>;
    },
  ): Promise<LoopValue<Decision>>;

  /** Waits for milliseconds or a string such as `"5m"` or `"30d"`, through crashes and deploys. Costs nothing meanwhile. */
  sleep(name: string, duration: Duration): Promise<void>;
  /** Waits until an instant: milliseconds since the epoch, a `Date` or a `Temporal.Instant`. One that has passed is due at once. */
  sleepUntil(name: string, instant: Instant): Promise<void>;

  /**
   * Runs named branches at the same time and gives their results by name. All are waited for, also when one fails.
   * @throws JoinError with the failures by branch (`errors`); LimitError for more than 1,000 branches.
   *
   * @example
   * const { stock, credit } = await ctx.join("checks", {
   *   stock: { run: (ctx) => ctx.step("ask", () => stock.ask(article)) },
   *   credit: { run: (ctx) => ctx.step("ask", () => credit.ask(customer)) },
   * });
   */
  join<Branches extends Readonly<Record<string, BranchConfig<Bodies, unknown>>>>(
    name: string,
    branches: Branches,
  ): Promise<{ -readonly [B in keyof Branches]: Awaited<ReturnType<Branches[B]["run"]>> }>;

  /**
   * Runs branches at the same time; the first that succeeds wins, for ever. The others are left behind: their signals are
   * aborted, they are not waited for, their waits take no message.
   * @throws RaceError when all of them failed.
   *
   * @example
   * const { winner } = await ctx.race("answer", [
   *   { name: "answered", run: (ctx) => ctx.listen("wait", "answer") },
   *   { name: "too late", run: (ctx) => ctx.sleep("patience", "1h") },
   * ]);
   */
  race<Value>(name: string, branches: readonly RaceBranch<Bodies, Value>[]): Promise<RaceResult<Value>>;
  /** Runs branches whose results have several types. */
  race<const Branches extends readonly RaceBranch<Bodies, unknown>[]>(
    name: string,
    branches: Branches,
  ): Promise<RaceResult<Awaited<ReturnType<Branches[number]["run"]>>>>;

  /**
   * Runs `run` for each item, at most `concurrency` (10) at once, and gives the results in the order of the items. Each
   * item has a context of its own. Items are told apart by their index: give the same list again on replay.
   * @throws MapError when more items failed than `toleratedFailures` (0), or than `minSuccessful` allows; LimitError for more than 100,000 items.
   *
   * @example
   * const sizes = await ctx.map("files", files, (ctx, file) => ctx.step("copy", () => copy(file)), { concurrency: 5 });
   */
  map<Item, Value>(
    name: string,
    items: readonly Item[],
    run: (ctx: WorkflowContext<Bodies>, item: Item, index: number) => Value | Promise<Value>,
    options?: MapOptions & { readonly minSuccessful?: undefined; readonly toleratedFailures?: undefined },
  ): Promise<Value[]>;
  /** The same with a completion policy: items that failed or were left behind are `undefined` in the result. */
  map<Item, Value>(
    name: string,
    items: readonly Item[],
    run: (ctx: WorkflowContext<Bodies>, item: Item, index: number) => Value | Promise<Value>,
    options: MapOptions,
  ): Promise<(Value | undefined)[]>;

  /**
   * From here on, `rollback` handlers of steps count: when the function fails, those of all committed steps run, last
   * first, and the run ends as failed.
   */
  rollbackCheckpoint(name: string): Promise<void>;

  /**
   * For changing code under live runs: which version of the code this run keeps to at this place. A run that had gone
   * past it before gets 1, one that comes to it now `latest` (an integer, 1 or more); each keeps its answer for ever.
   *
   * @example if ((await ctx.getVersion("with-receipt", 2)) >= 2) await ctx.step("receipt", () => mail.receipt(order));
   */
  getVersion(name: string, latest: number): Promise<number>;

  /**
   * Keeps the place of an operation that the code no longer has, so that runs which recorded it still fit. Where nothing is recorded,
   * nothing will be: older code that comes back may still do the operation there. It stands where the operation stood: what was recorded
   * after it is held back for a second in each replay that has not come to it yet. Of kind `"send"` it stands for all messages of that name
   * that its scope has sent from here on, so that the code may send none of them behind it (`DuplicateNameError`).
   */
  removed(name: string, kind: RemovedKind): Promise<void>;

  /**
   * Milliseconds since the epoch, as of the last result that this scope was handed; the same on replay, nothing stored. It
   * moves when operations do, not by itself.
   */
  now(): number;
  /** In [0, 1); the same on replay, nothing stored. */
  random(): number;
  /** A version 4 UUID; the same on replay, nothing stored. */
  uuid(): string;
}
