import { SegmentType } from "../../history/location.ts";
import { checkFunction, checkInteger } from "../../model/check.ts";
import type { LoopBody, LoopConfig } from "../../model/context.ts";
import { LOOP_CONFIG } from "../../model/context-option-names.ts";
import { describe, describeName } from "../../model/describe.ts";
import { InvalidArgumentError } from "../../model/errors/argument-errors.ts";
import { CorruptionError } from "../../model/errors/history-errors.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import { isPromise } from "../../model/is-promise.ts";
import {
  DEFAULT_LOOP_HISTORY_SIZE,
  DEFAULT_LOOP_PRUNE_INTERVAL,
  type LoopOptions,
  type LoopVerdict,
  loopVerdict,
} from "../../model/loop.ts";
import type { MessageBodies } from "../../model/message.ts";
import { checkGiven } from "../../model/option-names.ts";
import { type BlockBody, openBlock, runFunction } from "../replay/block.ts";
import { LoopHistory } from "../replay/loop-history.ts";
import type { Run } from "../replay/run.ts";
import type { Scope } from "../replay/scope.ts";

/** A loop's options, checked and complete. */
interface LoopPlan {
  readonly name: string;
  readonly run: LoopBody<MessageBodies, unknown, unknown>;
  readonly initial: unknown;
  readonly stateless: boolean;
  readonly pruneInterval: number;
  readonly historySize: number;
}

/**
 * Durable iteration (I24). Every `historyPruneInterval` iterations the state is recorded and old iterations are
 * dropped, so that replay begins at the last recorded state and cost stays flat for ever (P14).
 */
export function loop<Value>(scope: Scope, config: LoopConfig<MessageBodies, never, Value>): Promise<Value> {
  const plan = loopPlan(config);
  return openBlock<Value>({ scope, kind: "loop", name: plan.name }, (block) => {
    const work = block.collecting ? collect(block, plan) : iterate(block, plan);
    work.catch((error: unknown) => scope.run.breakDown(error));
  });
}

/** Lets others in the process have their turn where iterations ask for nothing that would end this one. */
class Breaths {
  static readonly #EVERY = 1_000;
  readonly #run: Run;
  #turn: number;
  #iterations = 0;

  constructor(run: Run) {
    this.#run = run;
    this.#turn = run.turns.current;
  }

  /** An iteration has ended; null when it is no time for the others yet. */
  next(): Promise<void> | null {
    const { turns } = this.#run;
    this.#iterations = turns.current === this.#turn ? this.#iterations + 1 : 0;
    this.#turn = turns.current;
    if (this.#iterations < Breaths.#EVERY) return null;
    this.#iterations = 0;
    return this.#run.inTurn(this.#run.breath());
  }
}

/** @throws StorageError, CorruptionError when a state that is stored cannot be decoded */
async function iterate(block: BlockBody, plan: LoopPlan): Promise<void> {
  const { scope, place } = block;
  const history = new LoopHistory(scope, place, plan);
  const { run } = scope;
  const breaths = new Breaths(run);
  let iteration = place.entry?.count ?? 0;
  let time = place.entry?.settledAt || scope.time;
  let turn = place.entry?.beganIn ?? run.turns.current;
  let checkpointed = place.entry?.checkpointed ?? false;
  if (turn > run.turns.current) await turnOf(scope, turn);
  let begun: Begun;
  try {
    begun = await beginning(block, plan, place.entry?.extra ?? null);
  } catch (error) {
    if (CorruptionError.is(error) || StorageError.is(error)) throw error;
    block.fail(error);
    return;
  }
  let { stored, state } = begun;
  while (!scope.closed) {
    const inner = scope.open(place.child({ type: SegmentType.iteration, value: iteration }), false);
    inner.time = time;
    inner.checkpointed ||= checkpointed;
    history.watch(inner, { iteration, state: stored, time, turn, checkpointed });
    const begins = state;
    const outcome = await runFunction(inner, (ctx) => plan.run(ctx, begins));
    const progress = { count: iteration, extra: stored, checkpointed, beganAt: time, beganIn: turn };
    if (!outcome.ok) return block.fail(outcome.error, progress);
    const verdict = verdictOf(outcome.value, plan);
    if (verdict instanceof InvalidArgumentError) return block.fail(verdict, progress);
    if (verdict.next === "break") {
      const ended = iteration + 1;
      const recorded = (): void => history.prune(ended);
      const change = { ...progress, count: ended };
      return block.complete(verdict.value, { change, refused: progress, recorded });
    }
    try {
      stored = await encodeState(block, plan, verdict.state);
    } catch (error) {
      return block.fail(error, progress);
    }
    iteration += 1;
    time = inner.time;
    turn = run.turns.current;
    checkpointed = inner.pastCheckpoint;
    const progressed = { iteration, state: stored, time, turn, checkpointed };
    if (iteration % plan.pruneInterval === 0) history.advance(progressed);
    else if (run.recordsIterations) history.record(progressed);
    const breath = breaths.next();
    if (breath !== null) await breath;
    state = await decodeState(block, stored);
  }
}

/** What an iteration begins with: the state, and how it is stored. */
interface Begun {
  readonly stored: Uint8Array;
  readonly state: unknown;
}

/**
 * What the loop begins with here. It is one work of an async codec whether it is recorded or not, so that it begins in the same order
 * beside others (P5).
 * @throws UnserializableValueError, LimitError, StorageError, CorruptionError
 */
function beginning(
  { scope: { run } }: BlockBody,
  plan: LoopPlan,
  recorded: Uint8Array | null,
): Begun | Promise<Begun> {
  const { payloads } = run;
  const made = recorded ?? payloads.encode(plan.initial, stateOf(plan));
  const decoded = isPromise(made) ? made.then((stored) => payloads.decode(stored)) : payloads.decode(made);
  if (!isPromise(made) && !isPromise(decoded)) return { stored: made, state: decoded };
  return run.inTurn(Promise.all([made, decoded]).then(([stored, state]) => ({ stored, state })));
}

function stateOf(plan: LoopPlan): string {
  return `the state of loop "${plan.name}"`;
}

/**
 * An iteration that a replay starts with begins where it began: what the code around it was handed before, and may have told it
 * by a variable, comes first (P5).
 */
function turnOf(scope: Scope, turn: number): Promise<void> {
  return new Promise((begin) => scope.run.turns.beginIn(turn, scope, begin));
}

/** @throws UnserializableValueError, LimitError */
function encodeState(
  { scope: { run } }: BlockBody,
  plan: LoopPlan,
  state: unknown,
): Uint8Array | Promise<Uint8Array> {
  const encoded = run.payloads.encode(state, stateOf(plan));
  return isPromise(encoded) ? run.inTurn(encoded) : encoded;
}

function decodeState({ scope: { run } }: BlockBody, stored: Uint8Array): unknown {
  const state = run.payloads.decode(stored);
  return isPromise(state) ? run.inTurn(state) : state;
}

/**
 * While rolling back: enters again the iterations that hold armed handlers, with the state they began with.
 * @throws StorageError, CorruptionError
 */
async function collect(block: BlockBody, plan: LoopPlan): Promise<void> {
  const { scope, place } = block;
  for (const { iteration, state, time, turn, checkpointed } of LoopHistory.armed(place)) {
    if (turn > scope.run.turns.current) await turnOf(scope, turn);
    const inner = scope.open(place.child({ type: SegmentType.iteration, value: iteration }), false);
    inner.time = time;
    inner.checkpointed ||= checkpointed;
    const value = await decodeState(block, state);
    await runFunction(inner, (ctx) => plan.run(ctx, value));
  }
}

/** What an iteration means that returned this, or why it means nothing. */
function verdictOf(returned: unknown, plan: LoopPlan): LoopVerdict | InvalidArgumentError {
  const must = `An iteration of loop "${plan.name}" must return Loop.continue(state) or Loop.break(value)${plan.stateless ? ", or nothing" : ""}`;
  try {
    const verdict = loopVerdict(returned);
    if (verdict !== undefined) return verdict;
  } catch (cause) {
    return new InvalidArgumentError(`${must}; got something that cannot be looked at.`, { cause });
  }
  if (returned === undefined && plan.stateless) return { next: "continue", state: undefined };
  return new InvalidArgumentError(`${must}; got ${returned === undefined ? "nothing" : describe(returned)}.`);
}

type Config<Value> = LoopConfig<MessageBodies, never, Value>;

/**
 * The two ways of calling `loop`, as one.
 * @throws InvalidArgumentError when options stand behind the function, where they would be lost.
 */
export function loopConfig<Value>([name, run, options]: readonly [
  name: string | Config<Value>,
  run: LoopBody<MessageBodies, undefined, Value> | undefined,
  options: unknown,
]): Config<Value> {
  if (options !== undefined || (run !== undefined && typeof name === "object")) {
    throw new InvalidArgumentError(
      "loop takes a name and a function, or all of it as one object, { name, run, … }, when there are options.",
    );
  }
  const named = typeof name === "string" || run !== undefined;
  return (named ? { name, run } : name) as Config<Value>;
}

/** @throws InvalidArgumentError */
function loopPlan(config: LoopConfig<MessageBodies, never, unknown>): LoopPlan {
  if (typeof config !== "object" || config === null) {
    throw new InvalidArgumentError(
      `loop takes a name and a function, or { name, run, … }; got ${describe(config)}.`,
    );
  }
  const where = `Loop ${describeName(config.name)}`;
  checkGiven(config, where, LOOP_CONFIG);
  checkFunction(config.run, `${where}: run`);
  return {
    name: config.name,
    run: config.run as unknown as LoopPlan["run"],
    initial: config.state,
    stateless: config.state === undefined,
    pruneInterval: firstOf(config, ["historyPruneInterval", "commitInterval", "historyEvery"], {
      where,
      from: 1,
      fallback: DEFAULT_LOOP_PRUNE_INTERVAL,
    }),
    historySize: firstOf(config, ["historySize", "historyKeep"], {
      where,
      from: 0,
      fallback: DEFAULT_LOOP_HISTORY_SIZE,
    }),
  };
}

function firstOf(
  options: LoopOptions,
  names: readonly (keyof LoopOptions)[],
  { where, from, fallback }: { where: string; from: number; fallback: number },
): number {
  for (const name of names) {
    const value = options[name];
    if (value === undefined) continue;
    checkInteger(value, `${where}: ${name}`, { from, to: Number.MAX_SAFE_INTEGER });
    return value;
  }
  return fallback;
}
