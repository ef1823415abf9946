/** What a hunt for one mutant came to. Plain data: it comes from another process. */
export interface Hunt {
  readonly id: string;
  /** The first violation; null when no invariant spoke. */
  readonly found: {
    readonly mode: string;
    readonly invariant: string;
    readonly problem: string;
    /** The id that plays just this world. */
    readonly replay: string;
  } | null;
  /** Seeds and cases of exhaustive modes that were played, the last included. */
  readonly cases: number;
  readonly worlds: number;
  readonly milliseconds: number;
  /** Cases in which the simulator itself failed: they count for nothing. */
  readonly broken: readonly string[];
}

/** What a run of `npm run mutants` came to. */
export interface Hunts {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly hunts: readonly Hunt[];
  /** The library without a mutant, one hunt for each mode. */
  readonly unchanged: readonly Hunt[];
}
