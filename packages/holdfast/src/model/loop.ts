const LOOP: unique symbol = Symbol.for("holdfast.loop") as never;

/** What an iteration returns to go on with the next one. */
export interface LoopContinue<State> {
  readonly [LOOP]: "continue";
  readonly state: State;
}

/** What an iteration returns to leave the loop. */
export interface LoopBreak<Value> {
  readonly [LOOP]: "break";
  readonly value: Value;
}

/** What an iteration returns: go on, or leave the loop. */
export type LoopDecision<State, Value> = LoopContinue<State> | LoopBreak<Value>;

/** What a loop gives whose iterations decide so. */
export type LoopValue<Decision> = Decision extends LoopBreak<infer Value> ? Value : never;

/** How an iteration of `ctx.loop` says what comes next. */
export const Loop: {
  /** Go on with the next iteration of a loop without state. */
  continue(): LoopContinue<undefined>;
  /** Go on with the next iteration and this state, which is stored: plain data. */
  continue<State>(state: State): LoopContinue<State>;
  /** Leave the loop, without a value. */
  break(): LoopBreak<undefined>;
  /** Leave the loop with this value: what `ctx.loop` gives. */
  break<Value>(value: Value): LoopBreak<Value>;
} = {
  continue: <State>(state?: State) => ({ [LOOP]: "continue" as const, state: state as State }),
  break: <Value>(value?: Value) => ({ [LOOP]: "break" as const, value: value as Value }),
};

/** What an iteration decided, in plain words. */
export type LoopVerdict =
  | { readonly next: "continue"; readonly state: unknown }
  | { readonly next: "break"; readonly value: unknown };

/** The decision that an iteration returned, or undefined when it returned something else. */
export function loopVerdict(returned: unknown): LoopVerdict | undefined {
  if (typeof returned !== "object" || returned === null) return undefined;
  const decision = returned as { [LOOP]?: unknown; state?: unknown; value?: unknown };
  if (decision[LOOP] === "continue") return { next: "continue", state: decision.state };
  if (decision[LOOP] === "break") return { next: "break", value: decision.value };
  return undefined;
}

/** Iterations between two prunings of a loop. */
export const DEFAULT_LOOP_PRUNE_INTERVAL = 20;
/** Finished iterations of a loop that stay readable. */
export const DEFAULT_LOOP_HISTORY_SIZE = 20;

/** How much of a loop is kept, and how often the rest is dropped. */
export interface LoopOptions {
  /**
   * Iterations between two prunings; each stores the state and drops old iterations. At least 1. After a crash those since
   * the last pruning are replayed, not run again. @default 20
   */
  readonly historyPruneInterval?: number;
  /** Finished iterations whose entries stay in the history, for reading; 0 or more. @default 20 */
  readonly historySize?: number;
  /** Older spelling of `historyPruneInterval`. */
  readonly commitInterval?: number;
  /** Older spelling of `historyPruneInterval`. */
  readonly historyEvery?: number;
  /** Older spelling of `historySize`. */
  readonly historyKeep?: number;
}
