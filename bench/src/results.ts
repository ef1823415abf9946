import type { Cell } from "./plan.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { Figures } from "./work.ts";

/** What became of a cell. */
export interface Result {
  readonly work: string;
  readonly workCase: string;
  readonly subject: string;
  readonly figures: Readonly<Record<string, Spread>>;
  /** Why there are no figures: it cannot be done, it failed, or it would take too long. */
  readonly gap?: string;
}

/** Longest measurement that is repeated. */
const REPEATED_SECONDS = 30;

/** Gathers what the measurements of each cell found. */
export class Results {
  readonly #cells: readonly Cell[];
  readonly #figures = new Map<Cell, Figures[]>();
  readonly #gaps = new Map<Cell, string>();
  readonly #seconds = new Map<Cell, number>();

  constructor(cells: readonly Cell[]) {
    this.#cells = cells;
    for (const cell of cells) if (cell.gap !== undefined) this.#gaps.set(cell, cell.gap);
  }

  /** Whether to measure the cell now (again). */
  isWanted(cell: Cell): boolean {
    if (this.#gaps.has(cell)) return false;
    if ((this.#seconds.get(cell) ?? 0) > REPEATED_SECONDS) return false;
    const smaller = this.#smallerCell(cell);
    if (smaller === undefined) return true;
    if (this.#gaps.has(smaller)) {
      this.#gaps.set(cell, "the smaller size could not be measured");
      return false;
    }
    const needed = this.#expectedSeconds(cell, smaller);
    if (needed <= cell.work.limitSeconds) return true;
    this.#gaps.set(cell, `by its rate at the smaller size it would take ${Math.round(needed)} s`);
    return false;
  }

  /** `seconds`: how long the whole measurement took. */
  add(cell: Cell, figures: Figures, seconds: number): void {
    this.#figures.set(cell, [...(this.#figures.get(cell) ?? []), figures]);
    this.#seconds.set(cell, seconds);
  }

  fail(cell: Cell, error: string): void {
    // A failure counts, even if another repetition went well: a figure that comes and goes is no figure.
    this.#gaps.set(cell, firstLine(error));
    this.#figures.delete(cell);
  }

  all(): Result[] {
    return this.#cells.map((cell) => {
      const gap = this.#gaps.get(cell) ?? (this.#figures.has(cell) ? undefined : "no time was left for it");
      return {
        work: cell.work.id,
        workCase: cell.workCase.label,
        subject: cell.subject.id,
        figures: spreads(this.#figures.get(cell) ?? []),
        ...(gap !== undefined && { gap }),
      };
    });
  }

  /** The next smaller size of the same kind for the same subject. */
  #smallerCell(cell: Cell): Cell | undefined {
    return this.#cells.findLast(
      ({ work, subject, workCase }) =>
        work === cell.work &&
        subject === cell.subject &&
        workCase.variant === cell.workCase.variant &&
        workCase.count < cell.workCase.count,
    );
  }

  /** What depends on the size grows with it; the rest, such as warming up, stays. */
  #expectedSeconds(cell: Cell, smaller: Cell): number {
    const whole = this.#seconds.get(smaller) ?? 0;
    const part = this.#figures.get(smaller)?.at(-1)?.seconds ?? whole;
    return whole - part + (part * cell.workCase.count) / smaller.workCase.count;
  }
}

function spreads(repetitions: readonly Figures[]): Record<string, Spread> {
  const keys = new Set(repetitions.flatMap((figures) => Object.keys(figures)));
  const found: Record<string, Spread> = {};
  for (const key of keys) {
    found[key] = spreadOf(repetitions.map((figures) => figures[key]).filter((value) => value !== undefined));
  }
  return found;
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? text).slice(0, 160);
}
