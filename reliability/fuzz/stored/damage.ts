import { type Cell, findRow, type Image, identityOf, OWNER, type Row, type Shape } from "./image.ts";

/** Where something was damaged, and how. */
export interface Mutated {
  readonly kind: string;
  /** Table and column; `*` for a row as a whole. */
  readonly place: string;
}

/** One change of an image, by which it can also be taken back. */
type Change =
  | {
      readonly type: "set";
      readonly table: string;
      readonly row: Row;
      readonly column: string;
      readonly before: Cell;
    }
  | { readonly type: "insert" | "remove"; readonly table: string; readonly row: Row };

/**
 * What one mutation does to an image. Every change is written down, so that the damage alone can be mended later, in an
 * image that has changed since.
 */
export class Damage {
  readonly #shape: Shape;
  readonly #image: Image;
  readonly #changes: Change[] = [];
  /** The runs whose rows were touched. */
  readonly victims = new Set<Cell>();

  constructor(shape: Shape, image: Image) {
    this.#shape = shape;
    this.#image = image;
  }

  set(at: { readonly table: string; readonly row: Row; readonly column: string }, value: Cell): void {
    const { table, row, column } = at;
    const before = row[column] ?? null;
    this.victims.add(row[OWNER] ?? null);
    row[column] = value;
    // Known by what it is called afterwards: that is what whoever mends it finds.
    this.#changes.push({ type: "set", table, row: identityOf(this.#shape, table, row), column, before });
    this.victims.add(row[OWNER] ?? null);
  }

  insert(table: string, row: Row): void {
    this.#image[table]?.push(row);
    this.victims.add(row[OWNER] ?? null);
    this.#changes.push({ type: "insert", table, row: identityOf(this.#shape, table, row) });
  }

  remove(table: string, row: Row): void {
    const rows = this.#image[table] as Row[];
    rows.splice(rows.indexOf(row), 1);
    this.victims.add(row[OWNER] ?? null);
    this.#changes.push({ type: "remove", table, row: { ...row } });
  }

  /** Puts back what was damaged, and nothing else. */
  mend(image: Image): void {
    for (const change of [...this.#changes].reverse()) this.#takeBack(image, change);
  }

  #takeBack(image: Image, change: Change): void {
    const { table } = change;
    const rows = image[table] as Row[];
    if (change.type === "remove") {
      const there = findRow(image, table, identityOf(this.#shape, table, change.row));
      if (there === undefined) rows.push({ ...change.row });
      return;
    }
    const row = findRow(image, table, change.row);
    if (row === undefined) return;
    if (change.type === "set") row[change.column] = change.before;
    else rows.splice(rows.indexOf(row), 1);
  }
}
