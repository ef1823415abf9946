import type { Evidence } from "../evidence/evidence.ts";

/** Something that contradicts an invariant. */
export interface Violation {
  /** In words: what happened, where, and what it contradicts. */
  readonly problem: string;
  /** The run it is about; null when it is about none. */
  readonly run: string | null;
  /** The fact that shows it best (`n`); null when it is something that is missing. */
  readonly fact: number | null;
}

/** One invariant of the engine, checked on what is known of a world. */
export interface Checker {
  /** `I1` to `I35`. */
  readonly id: string;
  readonly title: string;
  check(evidence: Evidence): readonly Violation[];
}
