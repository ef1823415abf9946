/** What can stand in one column of one row. */
export type Cell = null | boolean | number | string | Uint8Array;

export type Row = Record<string, Cell>;

/** Everything that a storage keeps, as tables of rows: what is damaged is the same for all of them. */
export type Image = Record<string, Row[]>;

/** Says which run a row belongs to, in images of stores. */
export const OWNER = "run";

/** How a storage looks as an image. */
export interface Shape {
  /** For each table, what tells its rows apart. */
  readonly identity: Readonly<Record<string, readonly string[]>>;
  /** Columns in the frame that every value of the history has, by table. */
  readonly framed: Readonly<Record<string, string>>;
  /** Columns that only name a row and hold nothing that was stored. */
  readonly names: readonly string[];
  /** What no two rows of a table may have in common besides, by table. */
  readonly unique: Readonly<Record<string, readonly string[]>>;
  /** Whether rows can be there without their run's own row. */
  readonly orphans: boolean;
  /** Whether a column takes values of any type. */
  readonly anyType: boolean;
  /** Whether this is the run's own row, which counts its messages. */
  readonly isRun: (table: string, row: Row) => boolean;
}

/** A copy whose rows can be changed; bytes are shared, since nobody changes them in place. */
export function copyImage(image: Image): Image {
  return Object.fromEntries(
    Object.entries(image).map(([table, rows]) => [table, rows.map((row) => ({ ...row }))]),
  );
}

export function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, index) => byte === b[index]);
  }
  return Object.is(a, b);
}

export function sameRow(a: Row, b: Row): boolean {
  return Object.keys(a).every((column) => sameCell(a[column], b[column]));
}

/** A row is known again by this, whatever else of it has changed. */
export function identityOf(shape: Shape, table: string, row: Row): Row {
  return Object.fromEntries((shape.identity[table] ?? []).map((column) => [column, row[column] ?? null]));
}

/** The row that is known by this; undefined when it is not there. */
export function findRow(image: Image, table: string, identity: Row): Row | undefined {
  const columns = Object.keys(identity);
  return (image[table] ?? []).find((row) =>
    columns.every((column) => sameCell(asStored(row[column]), asStored(identity[column]))),
  );
}

/** A number that was written as text is a number where a column is for numbers. */
export function asStored(cell: Cell | undefined): Cell {
  if (typeof cell !== "string" || cell.trim() === "") return cell ?? null;
  return Number.isNaN(Number(cell)) ? cell : Number(cell);
}

/** The rows of each run. */
export function byOwner(rows: readonly Row[]): Map<Cell, Row[]> {
  return Map.groupBy(rows, (row) => row[OWNER] ?? null);
}

/** The runs of rows that have one name: what is kept by names cannot hold both. */
export function doubledOwners(shape: Shape, image: Image): ReadonlySet<Cell> {
  const doubled = new Set<Cell>();
  for (const [table, rows] of Object.entries(image)) {
    const seen = new Map<string, Cell>();
    for (const row of rows) {
      const names = [
        Object.values(identityOf(shape, table, row))
          .map(String)
          .join(),
      ];
      const unique = shape.unique[table];
      if (unique !== undefined) names.push(unique.map((column) => `${column} ${row[column]}`).join());
      const owner = asStored(row[OWNER]);
      for (const name of names) {
        const first = seen.get(name);
        if (first !== undefined) doubled.add(owner).add(first);
        seen.set(name, owner);
      }
    }
  }
  return doubled;
}
