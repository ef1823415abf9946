import type { BodyCall } from "./body-call.ts";

/**
 * A workflow as plain data: what the generator writes, the compiler makes a function of, the reference interprets and the
 * shrinker takes apart. Two programs that are equal as JSON behave the same.
 */
export interface Program {
  readonly name: string;
  /** The code of version 1. */
  readonly body: Block;
  /** The code of version 2, where there is one: other code for runs that the first version may have started. */
  readonly newer?: Block;
  /** Whether the newer code breaks the rules for code that changes under its runs: then it may diverge. */
  readonly breaksRules?: true;
}

export interface Block {
  readonly statements: readonly Statement[];
}

/**
 * Statements run one after the other; each one's result is part of the block's value, by its place (large ones as a digest,
 * see block-values.ts). Blocks of `if`, `version` and `catch` and statements of `together` stand in the scope around them.
 */
export type Statement =
  | StepStatement
  | SleepStatement
  | { readonly kind: "sleep-until"; readonly name: string; readonly inMs: number }
  | NextStatement
  | BatchStatement
  | ListenStatement
  | SendStatement
  | LoopStatement
  | { readonly kind: "join"; readonly name: string; readonly branches: readonly Branch[] }
  | { readonly kind: "race"; readonly name: string; readonly branches: readonly Branch[] }
  | MapStatement
  | { readonly kind: "try"; readonly name: string; readonly body: Block; readonly catch?: readonly string[] }
  | { readonly kind: "checkpoint"; readonly name: string }
  | {
      readonly kind: "version";
      readonly name: string;
      readonly latest: number;
      readonly older: Block;
      readonly newest: Block;
    }
  | { readonly kind: "removed"; readonly name: string; readonly removed: string }
  /** Goes one of two ways by whether the canonical text of the value at `statement` of this block has an even length. */
  | { readonly kind: "if"; readonly statement: number; readonly even: Block; readonly odd: Block }
  /** Plain `Promise.all`, `race`, `any` or `allSettled` over the statements, each begun in order. */
  | {
      readonly kind: "together";
      readonly how: "all" | "race" | "any" | "allSettled";
      readonly statements: readonly Statement[];
    }
  /** `now()`, `random()` and `uuid()`. */
  | { readonly kind: "draw" }
  /** Waits for a promise of the code's own, which the engine knows nothing of. */
  | { readonly kind: "own"; readonly forMs: number }
  /** Begins an operation that nobody ever waits for. */
  | { readonly kind: "left"; readonly begins: LeftOperation }
  /** The code itself throws. */
  | { readonly kind: "throw"; readonly what: ThrowName }
  /** Native try/catch/finally around the block; what is caught becomes its value. */
  | { readonly kind: "catch"; readonly body: Block }
  /** Leaves the loop's iteration: breaks the loop with the block's value so far. Only in a loop's body, at its top. */
  | { readonly kind: "break" };

/** A statement of one kind. */
export type StatementOf<Kind extends Statement["kind"]> = Extract<Statement, { readonly kind: Kind }>;

interface SleepStatement {
  readonly kind: "sleep";
  readonly name: string;
  readonly ms: number;
}

interface SendStatement {
  readonly kind: "send";
  readonly name: string;
  readonly body: ValueName;
  readonly to: Receiver;
}

/** A step that is not called as `tryStep`, a sleep, a `listen` or a send. */
export type LeftOperation = StepStatement | SleepStatement | ListenStatement | SendStatement;

export interface StepStatement {
  readonly kind: "step";
  readonly name: string;
  /** What each attempt does; the last entry stands for all further ones. */
  readonly attempts: readonly AttemptScript[];
  /** Called as `tryStep`. */
  readonly asData: boolean;
  readonly maxRetries: number;
  readonly backoffMs: number;
  /** Per attempt; 0: none. */
  readonly timeoutMs: number;
  /** The longest silence between heartbeats; absent: any. */
  readonly heartbeatMs?: number;
  readonly retryOnTimeout: boolean;
  readonly ephemeral: boolean;
  readonly atMostOnce: boolean;
  readonly handler?: HandlerScript;
}

/** One attempt of a body. */
export interface AttemptScript {
  /** Virtual milliseconds that it takes. */
  readonly ms: number;
  /** Whether it ends at once, by throwing the reason, when its signal is aborted. */
  readonly heedsAbort: boolean;
  /** How long it is silent between its heartbeats; absent: it gives none. */
  readonly beatsEveryMs?: number;
  /** The first so many starts at its place end the process when the time is over, instead of what follows; absent: none. */
  readonly deaths?: number;
  /** What it does by a handle before it does anything else; absent: nothing. */
  readonly calls?: BodyCall;
  readonly ends: { readonly value: ValueName } | { readonly throws: ThrowName } | { readonly never: true };
}

export interface HandlerScript {
  readonly attempts: readonly AttemptScript[];
  readonly maxRetries: number;
  readonly backoffMs: number;
}

export interface NextStatement {
  readonly kind: "next";
  readonly name: string;
  readonly names: readonly string[];
  /** Absent: waits for ever. */
  readonly timeoutMs?: number;
  /** Asks for a completable message and answers it. */
  readonly answers: boolean;
  /** Asks for a completable message and never answers it. */
  readonly forgets?: true;
}

export interface BatchStatement {
  readonly kind: "batch";
  readonly name: string;
  readonly names: readonly string[];
  readonly count: number;
  readonly timeoutMs?: number;
  readonly answers: boolean;
  readonly forgets?: true;
}

export interface ListenStatement {
  readonly kind: "listen";
  readonly form:
    | "listen"
    | "listenN"
    | "listenWithTimeout"
    | "listenUntil"
    | "listenNWithTimeout"
    | "listenNUntil";
  readonly name: string;
  readonly message: string;
  readonly count: number;
  readonly timeoutMs: number;
}

export interface LoopStatement {
  readonly kind: "loop";
  readonly name: string;
  /** Iterations after which it breaks by itself. */
  readonly times: number;
  /** Whether a state (a counter and a sum of texts) is handed on; else the counter is a step of each iteration. */
  readonly stateful: boolean;
  readonly pruneInterval: number;
  readonly historySize: number;
  readonly body: Block;
}

export interface MapStatement {
  readonly kind: "map";
  readonly name: string;
  readonly items: number;
  readonly concurrency: number;
  readonly minSuccessful?: number;
  readonly toleratedFailures?: number;
  readonly body: Block;
}

export interface Branch {
  readonly name: string;
  readonly body: Block;
}

/** Who a message goes to: the run itself, another run of the world by its number, or a run that there is not. */
export type Receiver = "self" | "nobody" | number;

/** A value of the table in values.ts. */
export type ValueName = string;

/** Something thrown, of the table in values.ts. */
export type ThrowName = string;
