import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { asStored, type Cell, doubledOwners, type Image, OWNER, type Row, type Shape } from "../image.ts";

const TABLES = ["runs", "entries", "messages", "consumed", "responses"] as const;

/** The tables of a SQLite file. */
export const sqliteShape: Shape = {
  identity: {
    runs: ["run"],
    entries: ["run", "key"],
    messages: ["run", "position"],
    consumed: ["run", "id"],
    responses: ["run", "id"],
  },
  framed: { runs: "header", entries: "value" },
  names: [],
  unique: { runs: ["workflow_id"], messages: ["run", "id"] },
  orphans: true,
  anyType: true,
  isRun: (table) => table === "runs",
};

export function sqliteImage(database: DatabaseSync): Image {
  return Object.fromEntries(
    TABLES.map((table) => {
      const statement = database.prepare(`SELECT * FROM holdfast_${table}`);
      statement.setReadBigInts(true);
      return [table, statement.all().map((row) => plainRow(row as Record<string, SQLOutputValue>))];
    }),
  );
}

function plainRow(row: Record<string, SQLOutputValue>): Row {
  const cells = Object.entries(row).map(([column, value]) => [
    column,
    typeof value === "bigint" ? Number(value) : value,
  ]);
  return Object.fromEntries(cells) as Row;
}

/** Replaces everything, unless SQLite has something against rows: gives the runs whose rows those are. */
export function writeSqliteImage(database: DatabaseSync, image: Image): ReadonlySet<Cell> {
  const statements = new Map<string, StatementSync>();
  const refused = new Set<Cell>();
  database.exec("BEGIN");
  for (const table of TABLES) {
    database.exec(`DELETE FROM holdfast_${table}`);
    for (const row of image[table] ?? []) {
      try {
        insert(database, statements, { table, row });
      } catch {
        refused.add(asStored(row[OWNER]));
      }
    }
  }
  database.exec(refused.size === 0 ? "COMMIT" : "ROLLBACK");
  return refused.size === 0 ? refused : new Set([...refused, ...doubledOwners(sqliteShape, image)]);
}

function insert(
  database: DatabaseSync,
  statements: Map<string, StatementSync>,
  { table, row }: { readonly table: string; readonly row: Row },
): void {
  const columns = Object.keys(row);
  const places = columns.map((column) => (row[column] instanceof NotUtf8 ? "CAST(? AS TEXT)" : "?"));
  const sql = `INSERT INTO holdfast_${table} (${columns.join(", ")}) VALUES (${places.join(", ")})`;
  const statement = statements.get(sql) ?? database.prepare(sql);
  statements.set(sql, statement);
  statement.run(...columns.map((column) => storable(row[column] ?? null)));
}

/** Bytes that SQLite is to take for text, though they are none. */
export class NotUtf8 extends Uint8Array {}

function storable(cell: Cell): null | number | string | Uint8Array {
  return typeof cell === "boolean" ? Number(cell) : cell;
}
