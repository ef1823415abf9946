/**
 * One thing that a driver or store has to do. Plain data without a test framework: `run` resolves when the subject
 * does it and rejects with a `ConformanceError` (or the subject's own error) when not.
 */
export interface ConformanceCase<Context> {
  /** Stable and unique in its suite: what a deviation names. */
  readonly id: string;
  /** A sentence about the subject. */
  readonly title: string;
  /** Numbers of the requirements that it tests: `CONFORMANCE_REQUIREMENTS` says what they are. */
  readonly covers: readonly number[];
  run(context: Context): Promise<void>;
}

/** A case before it is known which requirements name it. */
export type CaseBody<Context> = Omit<ConformanceCase<Context>, "covers">;

/** Cases of one part of a port, by their ids. */
export function casesOf<Context>(
  cases: Readonly<Record<string, readonly [title: string, run: (context: Context) => Promise<void>]>>,
): CaseBody<Context>[] {
  return Object.entries(cases).map(([id, [title, run]]) => ({ id, title, run }));
}
