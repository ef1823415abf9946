import type { RunState } from "../../model/run.ts";
import { AT_MOST } from "../../storage/at-most.ts";
import { damagedRow } from "../../storage/damage.ts";
import { toExactText } from "../../storage/exact-text.ts";
import type { EncodedHeader } from "../../storage/records.ts";
import { soundRetiredEpoch } from "../../storage/retired-epoch.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { sealOfRetired } from "../../storage/seals.ts";
import type { RunQuery } from "../../storage/store.ts";
import type { RowOwner } from "../../storage/tables/tables.ts";
import type { SqliteValue } from "./database.ts";
import type { RunCache } from "./run-cache.ts";
import { assignments, changeOf, encodeRun, RUN_COLUMNS, RUN_SELECTION, readRun } from "./run-codec.ts";
import { RunKeys } from "./run-keys.ts";
import {
  bytesColumn,
  bytesOf,
  numberColumn,
  numberOf,
  optionalNumber,
  type SqliteRow,
  type Statements,
} from "./statements.ts";

/** The key is cast like other numbers: one that damage has made too large is read as some key, and stops no other run. */
const SELECTION = `CAST(run AS REAL) AS run, ${RUN_SELECTION}`;
const SELECT = `SELECT ${SELECTION} FROM holdfast_runs`;
/** SQLite takes the id from the index by which it has found the row: whether the row has it too is asked apart. */
const BY_ID = `SELECT ${SELECTION}, workflow_id IS (
    SELECT stored.workflow_id FROM holdfast_runs AS stored WHERE stored.run = holdfast_runs.run
  ) AS says_so FROM holdfast_runs WHERE workflow_id = ?`;
const INSERTED = ["run", ...RUN_COLUMNS, "header"];
const INSERT = `INSERT INTO holdfast_runs (${INSERTED.join(", ")}) VALUES (${INSERTED.map(() => "?").join(", ")})`;
// The table's own column, not the selected one: only that has an index.
const IN_ORDER = `ORDER BY holdfast_runs.due_at, holdfast_runs.run ${AT_MOST} OFFSET ?`;
const DUE = `${SELECT} WHERE workflow_name = ? AND holdfast_runs.due_at <= ? ${IN_ORDER}`;
const WITH_DUE_TIME = `${SELECT} WHERE workflow_name = ? AND holdfast_runs.due_at IS NOT NULL ${IN_ORDER}`;
/** Damage can have put bytes there, which sort behind every text: they are no name to go on from. */
const NEXT_NAME = `SELECT workflow_name, CAST(workflow_name AS BLOB) AS raw FROM holdfast_runs
  WHERE workflow_name > CAST(? AS TEXT) AND workflow_name < x'' AND due_at IS NOT NULL ORDER BY workflow_name LIMIT 1`;
const HEADER = `SELECT ${bytesColumn("header")} FROM holdfast_runs WHERE run = ?`;
const RETIRED = `SELECT ${numberColumn("epoch")}, ${numberColumn("seal")} FROM holdfast_retired WHERE only = 1`;
const RETIRE = "UPDATE holdfast_retired SET epoch = ?, seal = ? WHERE only = 1";
/** How many times longer a page is than the one before. */
const PAGE_GROWTH = 8;
/** Runs that are read at once to find the one that is due first beside those that were just claimed. */
const EARLIEST_ROWS = 8;
const BESIDE_THE_RUN = ["entries", "messages", "consumed", "responses"];

/** One ordered listing: of one status, or (null) of any. */
interface Listing extends Pick<RunQuery, "workflowName" | "limit"> {
  readonly status: RunState | null;
  readonly before: number | null;
}

/**
 * The runs of one page after another that fit their checksums: others are nobody's to take up, and hide none. Pages grow, so
 * that many damaged ones are passed in few looks.
 */
function* soundRuns(page: (limit: number, offset: number) => SqliteRow[], first: number): Generator<RunRow> {
  let offset = 0;
  for (let limit = first; ; limit *= PAGE_GROWTH) {
    const rows = page(limit, offset);
    for (const row of rows) {
      const run = readRun(row);
      if (!run.damaged) yield run;
    }
    if (rows.length < limit) return;
    offset += limit;
  }
}

function take<Item>(items: Generator<Item>, count: number): Item[] {
  const taken: Item[] = [];
  for (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

/** The table of runs. */
export class RunTable {
  readonly #statements: Statements;
  readonly #cache: RunCache | null;
  readonly #keys: RunKeys;
  /** Statements by the columns that they write. */
  readonly #updates: Map<number, string> = new Map();

  constructor(statements: Statements, cache: RunCache | null) {
    this.#statements = statements;
    this.#cache = cache;
    this.#keys = new RunKeys(statements);
  }

  find(workflowId: string): RunRow | null {
    const known = this.#cache?.get(workflowId);
    if (known !== undefined) return known;
    const row = this.#statements.get(BY_ID, toExactText(workflowId));
    if (row === null) return null;
    const read = readRun(row);
    const run = numberOf(row.says_so) === 1 ? read : damagedRow(read);
    this.#cache?.put(run);
    return run;
  }

  /** The highest epoch of all runs that were deleted. @throws CorruptionError */
  retiredEpoch(): number {
    const row = this.#statements.get(RETIRED);
    return soundRetiredEpoch(
      row === null ? null : { epoch: numberOf(row.epoch), seal: optionalNumber(row.seal) },
    );
  }

  insert(run: RunRow, header: EncodedHeader): RunRow {
    const lastKey = this.#cache?.lastKey ?? null;
    const key = lastKey === null || lastKey === Number.MAX_SAFE_INTEGER ? this.#keys.find() : lastKey + 1;
    this.#statements.run(INSERT, key, ...encodeRun(run), header);
    const inserted = { ...run, key };
    if (this.#cache !== null) this.#cache.lastKey = key;
    this.#cache?.put(inserted);
    return inserted;
  }

  update(before: RunRow, after: RunRow, header: EncodedHeader | undefined): void {
    const { columns, values } = changeOf(before, after, header);
    this.#cache?.put(after);
    if (columns !== 0) this.#statements.run(this.#update(columns), ...values, after.key);
  }

  #update(columns: number): string {
    let sql = this.#updates.get(columns);
    if (sql === undefined) {
      sql = `UPDATE holdfast_runs SET ${assignments(columns)} WHERE run = ?`;
      this.#updates.set(columns, sql);
    }
    return sql;
  }

  /** The row goes by its id: a key that damage has made too large is not read exactly. */
  delete({ key, workflowId }: RowOwner, retiredEpoch: number): void {
    this.#cache?.clear();
    this.#statements.run(RETIRE, retiredEpoch, sealOfRetired(retiredEpoch));
    for (const table of BESIDE_THE_RUN)
      this.#statements.run(`DELETE FROM holdfast_${table} WHERE run = ?`, key);
    this.#statements.run("DELETE FROM holdfast_runs WHERE workflow_id = ?", toExactText(workflowId));
  }

  header(key: number): EncodedHeader {
    return bytesOf(this.#statements.get(HEADER, key)?.header);
  }

  /** Per workflow by the index, then merged: runs of other workflows, however many are due, cost nothing. */
  due(workflowNames: readonly string[] | null, now: number, limit: number): RunRow[] {
    const due = this.#names(workflowNames).flatMap((name) => {
      const page = (rows: number, offset: number): SqliteRow[] =>
        this.#statements.all(DUE, name, now, rows, offset);
      return take(soundRuns(page, limit), limit);
    });
    due.sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.key - b.key);
    return due.slice(0, limit);
  }

  earliestDue(workflowNames: readonly string[] | null, except: ReadonlySet<number>): number | null {
    let earliest: number | null = null;
    for (const name of this.#names(workflowNames)) {
      const page = (rows: number, offset: number): SqliteRow[] =>
        this.#statements.all(WITH_DUE_TIME, name, rows, offset);
      for (const { key, dueAt } of soundRuns(page, except.size === 0 ? 1 : EARLIEST_ROWS)) {
        if (except.has(key) || dueAt === null) continue;
        earliest = Math.min(earliest ?? dueAt, dueAt);
        break;
      }
    }
    return earliest;
  }

  /** Status by status, then merged: each is read in order by its index, and no further than the page. */
  list(query: Pick<RunQuery, "status" | "workflowName" | "limit">, before: number | null): RunRow[] {
    if (query.status === undefined) return this.#list({ ...query, status: null, before });
    const runs = [...new Set(query.status)].flatMap((status) => this.#list({ ...query, status, before }));
    return runs.sort((a, b) => b.key - a.key).slice(0, query.limit);
  }

  #list(query: Listing): RunRow[] {
    const conditions = ["revision > 0"];
    const parameters: SqliteValue[] = [];
    const restrict = (condition: string, value: SqliteValue | undefined): void => {
      if (value === null || value === undefined) return;
      conditions.push(condition);
      parameters.push(value);
    };
    restrict("status = ?", query.status);
    restrict("workflow_name = ?", query.workflowName === undefined ? null : toExactText(query.workflowName));
    restrict("run < ?", query.before);
    const sql = `${SELECT} WHERE ${conditions.join(" AND ")} ORDER BY holdfast_runs.run DESC ${AT_MOST}`;
    return this.#statements.all(sql, ...parameters, query.limit).map(readRun);
  }

  countByStatus(): Partial<Record<RunState, number>> {
    const rows = this.#statements.all(
      "SELECT status, count(*) AS runs FROM holdfast_runs WHERE revision > 0 GROUP BY status",
    );
    return Object.fromEntries(rows.map((row) => [row.status as RunState, numberOf(row.runs)]));
  }

  #names(workflowNames: readonly string[] | null): string[] {
    if (workflowNames !== null) return [...new Set(workflowNames)].map(toExactText);
    const names: string[] = [];
    // Goes on from the bytes: a damaged name that is not UTF-8 is read as another text than SQLite compares.
    let row = this.#statements.get(NEXT_NAME, new Uint8Array(0));
    while (row !== null) {
      names.push(String(row.workflow_name));
      row = this.#statements.get(NEXT_NAME, bytesOf(row.raw));
    }
    return names;
  }
}
