import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { stopwatch } from "../stopwatch.ts";

/** Runs that are in work at once, and the steps of each, as in W2. */
const RUNS = 100;
const STEPS = 5;

const HEADER = new Uint8Array(70);
const ENTRY = new Uint8Array(40);

/** A file with the two rows that a durable step takes: its entry, and the row of its run, which says how far it is. */
class BareRuns {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #advance: StatementSync;
  readonly #record: StatementSync;

  constructor(file: string, synchronous: "full" | "normal") {
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA page_size = 1024; PRAGMA cache_size = -16384`);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
    database.exec(`
      CREATE TABLE IF NOT EXISTS runs (run INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        status TEXT NOT NULL, due INTEGER, revision INTEGER NOT NULL, header BLOB NOT NULL) STRICT;
      CREATE INDEX IF NOT EXISTS runs_due ON runs (name, due, run) WHERE due IS NOT NULL;
      CREATE INDEX IF NOT EXISTS runs_status ON runs (status);
      CREATE TABLE IF NOT EXISTS entries (run INTEGER, key BLOB, value BLOB NOT NULL, PRIMARY KEY (run, key))
        STRICT, WITHOUT ROWID`);
    this.#insert = database.prepare("INSERT INTO runs VALUES (NULL, ?, 'steps', ?, ?, 0, ?)");
    this.#advance = database.prepare(
      "UPDATE runs SET revision = ?, status = ?, due = ?, header = ? WHERE run = ?",
    );
    this.#record = database.prepare("INSERT INTO entries VALUES (?, ?, ?)");
    this.#database = database;
  }

  create(id: string): number {
    return Number(this.#insert.run(id, "running", 1, HEADER).lastInsertRowid);
  }

  step(run: number, index: number): void {
    const key = new Uint8Array(8);
    new DataView(key.buffer).setUint32(4, index);
    this.#record.run(run, key, ENTRY);
    this.#advance.run(index + 1, "running", 1, HEADER, run);
  }

  end(run: number): void {
    this.#advance.run(STEPS + 1, "completed", null, HEADER, run);
  }

  commit(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    work();
    this.#database.exec("COMMIT");
  }

  close(): void {
    this.#database.close();
  }
}

/** The statements of one step after the other, a commit for each, and nothing else: per second. */
export function bareSteps(folder: string, synchronous: "full" | "normal", count: number): number {
  const runs = new BareRuns(join(folder, `bare-steps-${synchronous}.db`), synchronous);
  try {
    let run = 0;
    runs.commit(() => {
      run = runs.create("sequential");
    });
    const elapsed = stopwatch();
    for (let i = 0; i < count; i++) runs.commit(() => runs.step(run, i));
    return count / (elapsed() / 1_000);
  } finally {
    runs.close();
  }
}

/** The statements of runs of five steps, where a hundred runs share each commit, and nothing else: steps per second. */
export function bareRuns(folder: string, synchronous: "full" | "normal", rounds: number): number {
  const runs = new BareRuns(join(folder, `bare-runs-${synchronous}.db`), synchronous);
  try {
    const elapsed = stopwatch();
    for (let round = 0; round < rounds; round++) {
      const created: number[] = [];
      runs.commit(() => {
        for (let i = 0; i < RUNS; i++) created.push(runs.create(`run-${round}-${i}`));
      });
      for (let step = 0; step < STEPS; step++) {
        runs.commit(() => {
          for (const run of created) runs.step(run, step);
        });
      }
      runs.commit(() => {
        for (const run of created) runs.end(run);
      });
    }
    return (rounds * RUNS * STEPS) / (elapsed() / 1_000);
  } finally {
    runs.close();
  }
}
