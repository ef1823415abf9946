import type { Entry } from "#holdfast/history/entry.ts";
import type { Block, Statement, StepStatement } from "../program/program.ts";
import type { End, Failure } from "./end.ts";
import type { ScopePlace } from "./place.ts";
import type { Recorded } from "./recorded.ts";

/** What the meanings of statements need of the interpreter. */
export interface Interpreting {
  readonly recorded: Recorded;
  readonly steps: Steps;
  /** What is recorded and does not follow, in words. */
  readonly problems: string[];
  /** Whether strands are left of which nobody can tell how far they had come: functions may have returned too early or not. */
  unsure: boolean;
  block(block: Block, scope: ScopePlace, beginning: Beginning): BlockEnd;
  /** What a function that performs a block comes to: one that returns while steps of its strands run has failed. */
  functionEnd(block: Block, scope: ScopePlace, beginning: Beginning): BlockEnd;
  /** The values of a function's block as a list. */
  values(block: Block, scope: ScopePlace, beginning: Beginning): End;
  statement(statement: Statement, scope: ScopePlace, standing: Standing): End;
}

/** How a block ends: the values of its statements, and whether a `break` ended it. */
export type BlockEnd =
  | { readonly ok: true; readonly values: readonly string[]; readonly broke: boolean; readonly at: number }
  | Failure
  | null;

/** What is known of the starts of steps, outside of the history. */
export interface Steps {
  /** Whether the recorded result of a step is one that its script can have; null: it is, or nobody can tell. */
  problem(statement: StepStatement, path: string, entry: Entry): string | null;
}

/** The number of the result after which a block begins; `prefix`: where it stands, when it has no scope of its own. */
export interface Beginning {
  readonly at: number;
  readonly prefix?: string;
}

/** Where a statement stands, and the values of those before it in its block. */
export interface Standing {
  readonly at: number;
  readonly position: string;
  readonly values: readonly string[];
}
