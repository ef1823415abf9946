import { SeldomSet } from "../model/seldom.ts";

/** Names that a write set is to tell. */
export interface TakenNames {
  readonly indexes: readonly number[];
  /** Nothing of the write set was applied. */
  readonly undo: () => void;
}

/**
 * Owns: the names of a run by their numbers, and which of them the storage can tell.
 * Does not own: the rows that tell them (journal.ts).
 * Invariants: a name keeps its number; the storage tells all names below any that it tells, so that there are no holes.
 */
export class NameRegistry {
  readonly #names: string[] = [];
  readonly #indexes: Map<string, number> = new Map();
  /** So many were told. */
  #told = 0;
  /** Of those, the ones whose rows are removed. */
  #lost: SeldomSet<number> = new SeldomSet();

  get all(): readonly string[] {
    return this.#names;
  }

  /** The number of a new name. */
  add(name: string): number {
    const index = this.#names.length;
    this.#names.push(name);
    this.#indexes.set(name, index);
    return index;
  }

  /** The number of a name that is there. */
  known(name: string): number | undefined {
    return this.#indexes.get(name);
  }

  nameOf(index: number): string {
    return this.#names[index] ?? `?${index}`;
  }

  /** A name that is stored. */
  adopt(index: number, name: string): void {
    this.#names[index] = name;
    this.#indexes.set(name, index);
    this.#told = Math.max(this.#told, index + 1);
  }

  /** The row that told the name is removed. */
  lose(index: number): void {
    this.#lost.add(index);
  }

  /** The number of the first name that was never told. */
  get told(): number {
    return this.#told;
  }

  /** The names up to this number that were never told: they are told from here on. */
  takeBelow(end: number): TakenNames {
    const told = this.#told;
    const indexes = Array.from({ length: Math.max(0, end - told) }, (_, offset) => told + offset);
    this.#told += indexes.length;
    return {
      indexes,
      undo: () => {
        this.#told = told;
      },
    };
  }

  /** Those of the first `needed` names that no row tells: they are told from here on. */
  take(needed: number): TakenNames {
    const [told, lost] = [this.#told, this.#lost];
    const indexes = lost.size === 0 ? [] : [...lost].filter((index) => index < told);
    for (; this.#told < needed; this.#told++) indexes.push(this.#told);
    if (lost.size > 0) this.#lost = new SeldomSet();
    return {
      indexes,
      undo: () => {
        this.#told = told;
        for (const index of lost) this.#lost.add(index);
      },
    };
  }
}
