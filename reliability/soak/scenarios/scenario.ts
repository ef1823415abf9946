import type { Findings } from "../report/check.ts";

/** `short`: some seconds, asserts counts and slopes. `long`: the full numbers, asserts times as well. */
export type Form = "short" | "long";

/** Something that goes on for long, and what must not grow while it does. */
export interface Scenario {
  /** What it is called on the command line; begins with the number in the list of soak tests. */
  readonly id: string;
  readonly title: string;
  readonly run: (form: Form) => Promise<Findings>;
}
