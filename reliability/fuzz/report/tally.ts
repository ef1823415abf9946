/** What became of a run whose stored data was damaged. */
export type Outcome =
  /** It ended as it would have ended, by the same bodies. */
  | "same"
  /** It is held with a corruption as the reason. */
  | "held"
  /** It had ended before; whoever asks how is told of the corruption. */
  | "told"
  /** What says that there is such a run is gone. */
  | "gone"
  /** The storage takes no such row. */
  | "refused"
  /** Anything else. */
  | "BUG";

export const OUTCOMES: readonly Outcome[] = ["same", "held", "told", "gone", "refused", "BUG"];

/** One mutation and what came of it. */
export interface Verdict {
  readonly home: string;
  readonly seed: number;
  readonly workflowId: string;
  readonly kind: string;
  readonly place: string;
  readonly outcome: Outcome;
  /** Whether it was held and then mended, or deleted. */
  readonly after: "mended" | "deleted" | null;
  /** What is wrong, when it is a bug. */
  readonly problem: string | null;
}

type Counts = Record<Outcome, number>;

/** Counts mutations by kind, by place and by outcome. */
export class Tally {
  readonly #byKind = new Map<string, Counts>();
  readonly #byPlace = new Map<string, Counts>();
  readonly total: Counts = none();
  readonly bugs: Verdict[] = [];
  mended = 0;
  deleted = 0;

  add(verdict: Verdict): void {
    const { home, kind, place, outcome, after } = verdict;
    count(this.#byKind, kind, outcome);
    count(this.#byPlace, `${home} ${place}`, outcome);
    this.total[outcome] += 1;
    if (after === "mended") this.mended += 1;
    if (after === "deleted") this.deleted += 1;
    if (outcome === "BUG") this.bugs.push(verdict);
  }

  get mutations(): number {
    return OUTCOMES.reduce((sum, outcome) => sum + this.total[outcome], 0);
  }

  get byKind(): ReadonlyMap<string, Readonly<Counts>> {
    return sorted(this.#byKind);
  }

  get byPlace(): ReadonlyMap<string, Readonly<Counts>> {
    return sorted(this.#byPlace);
  }
}

function none(): Counts {
  return { same: 0, held: 0, told: 0, gone: 0, refused: 0, BUG: 0 };
}

function count(counts: Map<string, Counts>, key: string, outcome: Outcome): void {
  const row = counts.get(key) ?? none();
  row[outcome] += 1;
  counts.set(key, row);
}

function sorted<Value>(map: ReadonlyMap<string, Value>): Map<string, Value> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
