/** How a figure must stand to its bound. */
type Relation = "at most" | "at least" | "exactly";

/** One thing that a scenario asserts, under a name. */
export interface Check {
  readonly name: string;
  readonly measured: number;
  readonly relation: Relation;
  readonly bound: number;
  readonly unit: string;
  readonly ok: boolean;
}

/** A number that is reported and not asserted. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** What a scenario found. */
export interface Findings {
  readonly figures: readonly Figure[];
  readonly checks: readonly Check[];
}

/** What a check is about: its name, and what was measured in which unit. */
export interface Measured {
  readonly name: string;
  readonly measured: number;
  readonly unit: string;
}

export function atMost(bound: number, about: Measured): Check {
  return { ...about, relation: "at most", bound, ok: about.measured <= bound };
}

export function atLeast(bound: number, about: Measured): Check {
  return { ...about, relation: "at least", bound, ok: about.measured >= bound };
}

export function exactly(bound: number, about: Measured): Check {
  return { ...about, relation: "exactly", bound, ok: about.measured === bound };
}
