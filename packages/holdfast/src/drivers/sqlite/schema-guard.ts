import type { SqliteDatabase } from "./database.ts";
import { assertCurrent } from "./migrate.ts";
import { numberOf, type Statements } from "./statements.ts";

/**
 * Owns: whether the schema is still the one that this release makes, while the file is open: another process may be of a
 * newer release that has migrated it, and somebody may have dropped an index. Looked at when another connection has
 * committed, and closely only when SQLite says that the schema has changed.
 */
export class SchemaGuard {
  readonly #database: SqliteDatabase;
  readonly #file: string;
  readonly #schemaVersion: () => number;
  /** As SQLite counts changes of the schema. */
  #sound: number;

  /** Call it when the schema is up to date. */
  constructor(database: SqliteDatabase, file: string, statements: Statements) {
    this.#database = database;
    this.#file = file;
    this.#schemaVersion = () => numberOf(statements.get("PRAGMA schema_version")?.schema_version);
    this.#sound = this.#schemaVersion();
  }

  /** Another connection has committed. @throws StorageError */
  assertSound(): void {
    const version = this.#schemaVersion();
    if (version !== this.#sound) assertCurrent(this.#database, this.#file);
    this.#sound = version;
  }
}
