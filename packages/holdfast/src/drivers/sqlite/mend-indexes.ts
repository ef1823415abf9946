import type { SqliteDatabase } from "./database.ts";
import { RUN_SELECTION, readRun } from "./run-codec.ts";
import { isConstraint, isCorrupt } from "./sqlite-errors.ts";
import type { SqliteRow } from "./statements.ts";

/**
 * Owns: that the indexes of a file which is opened have the rows of their tables. A damaged page, or a file that was put
 * together from two, can leave others, and SQLite takes an index at its word: a run that it lacks would be begun again (P1), one
 * that it has at another time sleeps for ever (P9), and a row that it alone has fails the claims of all runs (P15).
 * Does not own: pages that cannot be read, of a table or an index: whoever comes to one is told by SQLite.
 * Invariants: an index says nothing that its table does not, so it is made anew. That of the runs' ids is so only where it
 * lacks a sound row: where the row is damaged, the index is what still knows the id.
 */

const TABLES = ["holdfast_runs", "holdfast_messages"];
const INDEXES = [
  "holdfast_runs_due",
  "holdfast_runs_status",
  "holdfast_runs_name",
  "holdfast_messages_name",
  "holdfast_messages_id",
];
const OF_RUN_IDS = "sqlite_autoindex_holdfast_runs_1";

/** Longer files are not looked through: so much takes up to a third of a second. */
const LONGEST_BYTES = 32 * 1_024 * 1_024;

const BYTES = "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size";
const CHECKS = [
  ...TABLES.map((table) => `SELECT integrity_check AS problem FROM pragma_integrity_check('${table}')`),
  // SQLite's own check does not count the rows of a partial index.
  `SELECT 'other runs in holdfast_runs_due' AS problem
    WHERE (SELECT count(*) FROM holdfast_runs INDEXED BY holdfast_runs_due WHERE due_at IS NOT NULL)
      <> (SELECT count(*) FROM holdfast_runs NOT INDEXED WHERE due_at IS NOT NULL)`,
];
const UNREADABLE: { readonly problem: unknown } = { problem: "unreadable" };
const RUN_AT = `SELECT CAST(run AS REAL) AS run, ${RUN_SELECTION} FROM holdfast_runs NOT INDEXED
  ORDER BY holdfast_runs.run LIMIT 1 OFFSET ?`;

/** Looks through a file that is not long, and makes anew what indexes have otherwise than their tables. */
export function mendIndexes(database: SqliteDatabase): void {
  const { bytes } = database.prepare(BYTES).get() as { readonly bytes: number | bigint };
  if (Number(bytes) > LONGEST_BYTES) return;
  if (problemsOf(database).length === 0) return;
  for (const index of INDEXES) makeAnew(database, index);
  // Once more: one of those may have kept the first look from coming to its end.
  const lacked = lackedBy(OF_RUN_IDS, problemsOf(database));
  if (lacked.some((place) => isSound(database, place))) makeAnew(database, OF_RUN_IDS);
}

function problemsOf(database: SqliteDatabase): string[] {
  return CHECKS.flatMap((check) => told(database, check));
}

/** What a check says, be it that it came to something that cannot be read. */
function told(database: SqliteDatabase, check: string): string[] {
  const rows = unlessCorrupt(() => database.prepare(check).all(), [UNREADABLE]) as (typeof UNREADABLE)[];
  return rows.map(({ problem }) => String(problem)).filter((problem) => problem !== "ok");
}

/** Which rows an index lacks: their places in the order of the table, from 1. */
function lackedBy(index: string, problems: readonly string[]): number[] {
  return problems.flatMap((problem) => {
    const [, place, lacking] = /^row (\d+) missing from index (.*)$/.exec(problem) ?? [];
    return lacking === index ? [Number(place)] : [];
  });
}

/** Whether a row is known to be what was written: one without a checksum may be anything. */
function isSound(database: SqliteDatabase, place: number): boolean {
  const read = (): unknown => database.prepare(RUN_AT).get(place - 1);
  const row = unlessCorrupt(read, null) as SqliteRow | null | undefined;
  return typeof row?.seal === "number" && !readRun(row).damaged;
}

function makeAnew(database: SqliteDatabase, index: string): void {
  try {
    unlessCorrupt(() => database.exec(`REINDEX ${index}`), null);
  } catch (error) {
    // Two rows of one id: the index has one of them already, and no third is made.
    if (!isConstraint(error)) throw error;
  }
}

function unlessCorrupt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (isCorrupt(error)) return otherwise;
    throw error;
  }
}
