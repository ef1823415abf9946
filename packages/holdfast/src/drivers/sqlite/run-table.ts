import type { RunState } from "../../model/run.ts";
import { toExactText } from "../../storage/exact-text.ts";
import type { EncodedHeader } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import type { RunQuery } from "../../storage/store.ts";
import type { SqliteValue } from "./database.ts";
import { type Cell, changedCells, encodeRun, RUN_COLUMNS, readRun } from "./run-codec.ts";
import { bytesOf, numberOf, type Statements } from "./statements.ts";

const SELECT = `SELECT run, ${RUN_COLUMNS.join(", ")} FROM holdfast_runs`;
const INSERT = `INSERT INTO holdfast_runs (${[...RUN_COLUMNS, "header"].join(", ")})
  VALUES (${[...RUN_COLUMNS, "header"].map(() => "?").join(", ")}) RETURNING run`;
const DUE = `${SELECT} WHERE workflow_name = ? AND due_at <= ? ORDER BY due_at, run LIMIT ?`;
const EARLIEST =
  "SELECT run, due_at FROM holdfast_runs WHERE workflow_name = ? AND due_at IS NOT NULL ORDER BY due_at, run LIMIT ?";
const NEXT_NAME = `SELECT workflow_name FROM holdfast_runs
  WHERE workflow_name > ? AND due_at IS NOT NULL ORDER BY workflow_name LIMIT 1`;
const TABLES_OF_A_RUN = ["entries", "messages", "consumed", "responses", "runs"];

/** The table of runs. */
export class RunTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  find(workflowId: string): RunRow | null {
    const row = this.#statements.get(`${SELECT} WHERE workflow_id = ?`, toExactText(workflowId));
    return row === null ? null : readRun(row);
  }

  insert(run: RunRow, header: EncodedHeader): RunRow {
    const values = encodeRun(run).map(([, value]) => value);
    const row = this.#statements.get(INSERT, ...values, header);
    return { ...run, key: numberOf(row?.run) };
  }

  update(before: RunRow, after: RunRow, header: EncodedHeader | undefined): void {
    const cells: Cell[] = changedCells(before, after);
    if (header !== undefined) cells.push(["header", header]);
    if (cells.length === 0) return;
    const assignments = cells.map(([column]) => `${column} = ?`).join(", ");
    const values = cells.map(([, value]) => value);
    this.#statements.run(`UPDATE holdfast_runs SET ${assignments} WHERE run = ?`, ...values, after.key);
  }

  delete(key: number): void {
    for (const table of TABLES_OF_A_RUN)
      this.#statements.run(`DELETE FROM holdfast_${table} WHERE run = ?`, key);
  }

  header(key: number): EncodedHeader {
    return bytesOf(this.#statements.get("SELECT header FROM holdfast_runs WHERE run = ?", key)?.header);
  }

  /** Per workflow by the index, then merged: runs of other workflows, however many are due, cost nothing. */
  due(workflowNames: readonly string[] | null, now: number, limit: number): RunRow[] {
    const due = this.#names(workflowNames).flatMap((name) =>
      this.#statements.all(DUE, name, now, limit).map(readRun),
    );
    due.sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.key - b.key);
    return due.slice(0, limit);
  }

  earliestDue(workflowNames: readonly string[] | null, except: ReadonlySet<number>): number | null {
    let earliest: number | null = null;
    for (const name of this.#names(workflowNames)) {
      const rows = this.#statements.all(EARLIEST, name, except.size + 1);
      const first = rows.find((row) => !except.has(numberOf(row.run)));
      if (first === undefined) continue;
      const dueAt = numberOf(first.due_at);
      if (earliest === null || dueAt < earliest) earliest = dueAt;
    }
    return earliest;
  }

  list(query: Pick<RunQuery, "status" | "workflowName" | "limit">, before: number | null): RunRow[] {
    const conditions = ["revision > 0"];
    const parameters: SqliteValue[] = [];
    if (query.workflowName !== undefined) {
      conditions.push("workflow_name = ?");
      parameters.push(toExactText(query.workflowName));
    }
    if (query.status !== undefined) {
      conditions.push(`status IN (${query.status.map(() => "?").join(", ")})`);
      parameters.push(...query.status);
    }
    if (before !== null) {
      conditions.push("run < ?");
      parameters.push(before);
    }
    const sql = `${SELECT} WHERE ${conditions.join(" AND ")} ORDER BY run DESC LIMIT ?`;
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
    for (let name = this.#nameAfter(""); name !== null; name = this.#nameAfter(name)) names.push(name);
    return names;
  }

  #nameAfter(name: string): string | null {
    const row = this.#statements.get(NEXT_NAME, name);
    return row === null ? null : String(row.workflow_name);
  }
}
