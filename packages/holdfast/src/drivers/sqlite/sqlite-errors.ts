import { StorageError } from "../../model/errors/storage-errors.ts";

/** What SQLite's primary result codes mean for a store. */
interface Meaning {
  readonly name: string;
  readonly retryable: boolean;
  readonly remedy: string;
}

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [
    5,
    {
      name: "BUSY",
      retryable: true,
      remedy: "Another process holds the write lock for long: look for it, or raise busyTimeoutMs.",
    },
  ],
  [
    6,
    {
      name: "LOCKED",
      retryable: true,
      remedy: "Another statement of this connection holds a lock: do not use the handle elsewhere.",
    },
  ],
  [
    7,
    {
      name: "NOMEM",
      retryable: true,
      remedy: "SQLite got no memory: give the process more, or commit less at once.",
    },
  ],
  [
    8,
    {
      name: "READONLY",
      retryable: false,
      remedy: "Make the file and its directory writable for this process.",
    },
  ],
  [
    10,
    {
      name: "IOERR",
      retryable: true,
      remedy: "The disk failed: check it and the file system, and keep a copy of the file.",
    },
  ],
  [
    11,
    {
      name: "CORRUPT",
      retryable: false,
      remedy: "The file is damaged: restore it from a backup (PRAGMA integrity_check tells more).",
    },
  ],
  [
    13,
    {
      name: "FULL",
      retryable: true,
      remedy: "The disk is full: free space; nothing that was acknowledged is lost.",
    },
  ],
  [
    14,
    {
      name: "CANTOPEN",
      retryable: false,
      remedy: "Check that the directory exists and that this process may write in it.",
    },
  ],
  [26, { name: "NOTADB", retryable: false, remedy: "The file is not a SQLite database: check the path." }],
]);

const CODES: ReadonlyMap<string, number> = new Map(
  Array.from(MEANINGS, ([code, { name }]) => [`SQLITE_${name}`, code]),
);

/** SQLite's primary result code of an error of `node:sqlite`, `better-sqlite3` or `bun:sqlite`; null for other errors. */
function resultCode(error: unknown): number | null {
  if (typeof error !== "object" || error === null) return null;
  const { errcode, code, errno } = error as { errcode?: unknown; code?: unknown; errno?: unknown };
  if (typeof errcode === "number") return errcode & 0xff;
  if (typeof code !== "string" || !code.startsWith("SQLITE_")) return null;
  if (typeof errno === "number") return errno & 0xff;
  const [, primary] = code.split("_");
  return CODES.get(`SQLITE_${primary}`) ?? 1;
}

/** What a handle that was passed in says while its owner has a transaction open: SQLite has no code of its own for it. */
const OWNERS_TRANSACTION = "cannot start a transaction within a transaction";
const OWNER_IS_BUSY: Meaning = {
  name: "BUSY",
  retryable: true,
  remedy: "The owner of the handle has a transaction open: end it before awaiting anything.",
};

function isOwnersTransaction(error: unknown): boolean {
  return error instanceof Error && error.message.includes(OWNERS_TRANSACTION);
}

/** Whether another connection, or the owner of the handle, is in the way: the same call may succeed in a moment. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === 5 || isOwnersTransaction(error);
}

/** Whether a column holds a number that JavaScript has no exact one for: nothing that was written here does. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && (error as { code?: unknown }).code === "ERR_OUT_OF_RANGE";
}

/** A page that is not what SQLite wrote: those of other runs may be. */
const CORRUPT = 11;

/** Whether a page is not what SQLite wrote. */
export function isCorrupt(error: unknown): boolean {
  return resultCode(error) === CORRUPT;
}

/** Whether a row is not taken beside another one, of the same key. */
export function isConstraint(error: unknown): boolean {
  return resultCode(error) === 19;
}

/** Whether the file or the machine is at fault, and not one operation's data. */
export function isOutage(error: unknown): boolean {
  const code = resultCode(error);
  return code !== null && code !== CORRUPT && MEANINGS.has(code);
}

/** The typed error for whatever SQLite threw; one that is typed already stays. */
export function toStorageError(
  error: unknown,
  file: string,
  outcome: "not-applied" | "unknown",
): StorageError {
  if (StorageError.is(error)) return error;
  const code = resultCode(error);
  const known = code === null ? undefined : MEANINGS.get(code);
  const meaning = isOwnersTransaction(error) ? OWNER_IS_BUSY : known;
  const told = error instanceof Error ? error.message : String(error);
  const name = meaning === undefined ? "" : ` (SQLITE_${meaning.name})`;
  const remedy = meaning?.remedy ?? "If it comes again, report it with this message and its cause.";
  return new StorageError(`SQLite failed on ${file}${name}: ${told}. ${remedy}`, {
    outcome,
    retryable: meaning?.retryable ?? false,
    cause: error,
  });
}
