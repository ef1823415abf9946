import type { Counts } from "../report/counts.ts";
import type { Play } from "../round/play.ts";

/** `short`: seconds, for every run of the tests. `long`: minutes, by hand. */
export type Form = "short" | "long";

/** Something that is done to processes while they work, round after round. */
export interface Scenario {
  /** What it is called on the command line. */
  readonly id: string;
  readonly title: string;
  /** What is counted to know when it has been done often enough, and how often that is. */
  readonly counted: keyof Counts;
  readonly amount: Readonly<Record<Form, number>>;
  /** Rounds, without an end or with one. The seed of a round's plan alone gives the same round again. */
  readonly plays: (options: { readonly seed: number; readonly form: Form }) => Iterable<Play>;
  /** Why it cannot be played on this machine; null when it can. */
  readonly unavailable?: () => string | null;
  /** Rounds at once. @default 1 */
  readonly parallel?: number;
}
