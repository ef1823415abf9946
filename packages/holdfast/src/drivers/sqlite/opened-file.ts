import { statSync } from "node:fs";
import { resolve } from "node:path";
import { StorageError } from "../../model/errors/storage-errors.ts";
import type { SqliteDatabase } from "./database.ts";

/** Between two looks: whatever is written in between is lost with all that was written before the file went. */
const LOOK_MS = 100;

/** A path, and the file that was there. */
interface Place {
  readonly path: string;
  readonly file: string;
}

/** What stands beside a database: its log, and the memory by which processes share locks and know what is in the log. */
const BESIDE = ["-wal", "-shm"];

/**
 * Owns: whether the database, its log and its shared memory that are open are still those at their paths. SQLite itself
 * goes on with files that were deleted, moved or replaced: what it then acknowledges is found by nobody, and whoever opens
 * the path meanwhile works on the same runs in another file, or writes over the same log (P1, P7).
 */
export class OpenedFile {
  readonly #name: string;
  readonly #places: readonly Place[];
  #lookAt = 0;

  /** Call it when the file is open. Nothing is looked at of a database in memory. */
  constructor(path: string, database: SqliteDatabase) {
    this.#name = `"${path}"`;
    const file = fileOf(database);
    const beside = BESIDE.map((ending) => file + ending);
    this.#places = file === "" ? [] : [resolve(path), file, ...beside].flatMap(placeAt);
  }

  /** The file of a handle that was passed in; null when it is in memory. */
  static of(database: SqliteDatabase): OpenedFile | null {
    const file = fileOf(database);
    return file === "" ? null : new OpenedFile(file, database);
  }

  /** @throws StorageError when they are not */
  assertThere(): void {
    const now = performance.now();
    if (now < this.#lookAt) return;
    const gone = this.#places.find((place) => isGone(place));
    if (gone !== undefined) throw replaced(this.#name, gone.path);
    this.#lookAt = now + LOOK_MS;
  }
}

/** Where SQLite has the database: links are followed, and a path that is a URI is read as one. Empty: in memory. */
function fileOf(database: SqliteDatabase): string {
  const row = database.prepare("SELECT file FROM pragma_database_list WHERE name = 'main'").get();
  return String((row as { file?: unknown } | null | undefined)?.file ?? "");
}

function placeAt(path: string): Place[] {
  const file = fileAt(path);
  return file === null ? [] : [{ path, file }];
}

function isGone({ path, file }: Place): boolean {
  try {
    return fileAt(path) !== file;
  } catch {
    // Who may not look any more does not know.
    return false;
  }
}

/** What tells a file from any other that has its path at another time; null: there is none. */
function fileAt(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev} ${found.ino}`;
}

function replaced(name: string, path: string): StorageError {
  return new StorageError(
    `"${path}" was deleted, moved or replaced while ${name} was open: what is committed now would be lost. Nothing was written. Stop every process that has it open, put the right file in its place together with its log ("-wal"), take away what is left of its shared memory ("-shm"), and start again.`,
    { outcome: "not-applied", retryable: false },
  );
}
