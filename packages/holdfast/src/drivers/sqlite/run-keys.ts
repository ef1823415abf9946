import { numberOf, type Statements } from "./statements.ts";

/** Whatever damage has put behind this counts for nothing: JavaScript could not name the key after it. */
const LAST = Number.MAX_SAFE_INTEGER - 1;

const last = (table: string): string =>
  `coalesce((SELECT max(run) FROM holdfast_${table} WHERE run BETWEEN 0 AND ${LAST}), 0)`;
/** Deleted runs are counted by the sequence. Rows that damage has moved to a key would be taken for those of the run that gets it. */
const BEHIND_ALL = `SELECT 1 + max(
  ${["runs", "entries", "messages", "consumed", "responses"].map(last).join(",\n  ")},
  coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'holdfast_runs' AND seq BETWEEN 0 AND ${LAST}), 0)) AS run`;
const IS_TAKEN = "SELECT 1 FROM holdfast_runs WHERE run = ?";
const BEHIND_A_RUN = `SELECT 1 + max(run) AS run FROM holdfast_runs AS taken
  WHERE run BETWEEN 0 AND ${LAST} AND NOT EXISTS (SELECT 1 FROM holdfast_runs WHERE run = taken.run + 1)`;

/**
 * Owns: which key a new run gets.
 * Invariants: it is behind those of all runs before, deleted ones included, and behind all rows of runs; a key that damage has
 * made too large for that keeps no run from starting (P15).
 */
export class RunKeys {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** The key of the next run, where nobody knows it. */
  find(): number {
    const key = numberOf(this.#statements.get(BEHIND_ALL)?.run);
    if (this.#statements.get(IS_TAKEN, key) === null) return key;
    return numberOf(this.#statements.get(BEHIND_A_RUN)?.run);
  }
}
