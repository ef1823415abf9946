/**
 * One thing that a driver or store has to do. Plain data without a test framework: `run` resolves when the subject
 * does it and rejects with a `ConformanceError` (or the subject's own error) when not.
 */
export interface ConformanceCase<Context> {
  /** Stable and unique in its suite: what a deviation names. */
  readonly id: string;
  /** A sentence about the subject. */
  readonly title: string;
  run(context: Context): Promise<void>;
}

/** Cases of one part of a port, by their ids. */
export function casesOf<Context>(
  cases: Readonly<Record<string, readonly [title: string, run: (context: Context) => Promise<void>]>>,
): ConformanceCase<Context>[] {
  return Object.entries(cases).map(([id, [title, run]]) => ({ id, title, run }));
}
