import {
  asStored,
  type Cell,
  findRow,
  type Image,
  identityOf,
  OWNER,
  type Row,
  type Shape,
  sameCell,
} from "./image.ts";

/** Where something was damaged, and how. */
export interface Mutated {
  readonly kind: string;
  /** Table and column; `*` for a row as a whole. */
  readonly place: string;
}

/** One change of an image, by which it can also be taken back. */
type Change = { readonly touched: Row } & Step;

type Step =
  | {
      readonly type: "set";
      readonly table: string;
      readonly row: Row;
      readonly column: string;
      readonly before: Cell;
      /** As it was damaged. */
      readonly after: Row;
    }
  | { readonly type: "replace"; readonly table: string; readonly row: Row; readonly before: Row }
  | { readonly type: "insert"; readonly table: string; readonly row: Row; readonly after: Row }
  | { readonly type: "remove"; readonly table: string; readonly row: Row };

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
  /** Whether a run's own row is an older one, sound in itself: it goes on from there. */
  agedRun = false;

  constructor(shape: Shape, image: Image) {
    this.#shape = shape;
    this.#image = image;
  }

  set(at: { readonly table: string; readonly row: Row; readonly column: string }, value: Cell): void {
    const { table, row, column } = at;
    const before = row[column] ?? null;
    this.#hurt(row);
    row[column] = value;
    // Known by what it is called afterwards: that is what whoever mends it finds.
    this.#changes.push({
      touched: row,
      type: "set",
      table,
      row: identityOf(this.#shape, table, row),
      column,
      before,
      after: { ...row },
    });
    this.#hurt(row);
  }

  /** The row is what it was at another time, all of it: so it is mended as a whole. */
  replace(table: string, row: Row, by: Row): void {
    this.agedRun ||= this.#shape.isRun(table, row);
    this.#hurt(row);
    this.#changes.push({
      touched: row,
      type: "replace",
      table,
      row: identityOf(this.#shape, table, row),
      before: { ...row },
    });
    Object.assign(row, by);
  }

  insert(table: string, row: Row): void {
    this.#image[table]?.push(row);
    this.#hurt(row);
    const known = identityOf(this.#shape, table, row);
    this.#changes.push({ touched: row, type: "insert", table, row: known, after: { ...row } });
  }

  remove(table: string, row: Row): void {
    const rows = this.#image[table] as Row[];
    rows.splice(rows.indexOf(row), 1);
    this.#hurt(row);
    this.#changes.push({ touched: row, type: "remove", table, row: { ...row } });
  }

  /** Puts back what was damaged, and nothing else. @returns false when it is not to be found any more */
  mend(image: Image): boolean {
    return this.#changes.toReversed().every((change) => this.#takeBack(image, change));
  }

  /** Takes the changes of the very image back that was damaged. */
  undo(): void {
    for (const change of this.#changes.toReversed()) {
      const { touched } = change;
      const rows = this.#image[change.table] as Row[];
      if (change.type === "set") touched[change.column] = change.before;
      else if (change.type === "replace") Object.assign(touched, change.before);
      else if (change.type === "insert") rows.splice(rows.indexOf(touched), 1);
      else rows.push(touched);
    }
  }

  #takeBack(image: Image, change: Change): boolean {
    const { table } = change;
    const rows = image[table] as Row[];
    if (change.type === "remove") {
      const there = findRow(image, table, identityOf(this.#shape, table, change.row));
      if (there === undefined) rows.push({ ...change.row });
      return there === undefined;
    }
    const row = findRow(image, table, change.row);
    if (row === undefined) return false;
    if (change.type === "replace") Object.assign(row, change.before);
    else if (change.type === "set") return this.#putBack(rows, row, change);
    else if (this.#isStill(table, row, change.after)) rows.splice(rows.indexOf(row), 1);
    return true;
  }

  /** A row that was renamed to a name which another one was given since is gone: it is written anew. */
  #putBack(rows: Row[], row: Row, { table, column, before, after }: Change & { type: "set" }): boolean {
    const renamed = column !== OWNER && (this.#shape.identity[table] ?? []).includes(column);
    if (renamed && !this.#isStill(table, row, after)) rows.push({ ...after, [column]: before });
    else row[column] = before;
    return true;
  }

  /** Whether a row says what it said when it was damaged: if not, it is another one of the same name. */
  #isStill(table: string, row: Row, after: Row): boolean {
    const names = this.#shape.identity[table] ?? [];
    return Object.keys(after).every(
      (column) => names.includes(column) || sameCell(asStored(row[column]), asStored(after[column])),
    );
  }

  #hurt(row: Row): void {
    this.victims.add(asStored(row[OWNER]));
  }
}
