import type { SqliteDatabase, SqliteStatement, SqliteValue } from "./database.ts";

/** A row as SQLite gives it. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** Statements of one connection, prepared once and kept. */
export class Statements {
  readonly #database: SqliteDatabase;
  readonly #prepared = new Map<string, SqliteStatement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  run(sql: string, ...parameters: SqliteValue[]): void {
    this.#prepare(sql).run(...parameters);
  }

  get(sql: string, ...parameters: SqliteValue[]): SqliteRow | null {
    return (this.#prepare(sql).get(...parameters) as SqliteRow | null | undefined) ?? null;
  }

  all(sql: string, ...parameters: SqliteValue[]): SqliteRow[] {
    return this.#prepare(sql).all(...parameters) as SqliteRow[];
  }

  #prepare(sql: string): SqliteStatement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** A blob as plain bytes: some libraries give Buffers, whose `slice` shares memory. */
export function bytesOf(value: SqliteValue | undefined): Uint8Array {
  // Something else than a blob is damage: as bytes it is found out where bytes are checked, and only there (P15).
  if (!(value instanceof Uint8Array)) return new TextEncoder().encode(String(value));
  return value.constructor === Uint8Array
    ? value
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/**
 * Selects a column of numbers under its own name, so that whatever damage has put there is read as some number, and one
 * damaged run stops no other (P15): one too large for JavaScript as another one, and what is no number, though it may
 * look like one and yet has another place in an index, as NaN. A checksum tells that it is not what was written.
 */
export function numberColumn(column: string): string {
  return `CASE typeof(${column}) WHEN 'integer' THEN CAST(${column} AS REAL) WHEN 'real' THEN ${column}
    WHEN 'null' THEN NULL ELSE 'NaN' END AS ${column}`;
}

/**
 * Selects a column of bytes under its own name, so that a number there, which may be larger than JavaScript has them, is read
 * as its digits, and found out where bytes are checked (P15).
 */
export function bytesColumn(column: string): string {
  return `CASE typeof(${column}) WHEN 'integer' THEN CAST(${column} AS TEXT) ELSE ${column} END AS ${column}`;
}

/** An integer, also from libraries that are set to give bigints. */
export function numberOf(value: SqliteValue | undefined): number {
  return Number(value);
}

/** An integer or null. */
export function optionalNumber(value: SqliteValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
