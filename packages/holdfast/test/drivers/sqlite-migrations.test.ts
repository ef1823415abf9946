import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { migrate } from "../../src/drivers/sqlite/migrate.ts";
import { MIGRATIONS } from "../../src/drivers/sqlite/migrations/all.ts";
import type { Migration } from "../../src/drivers/sqlite/migrations/migration.ts";
import { StorageError } from "../../src/model/errors/storage-errors.ts";
import { sqliteStore } from "../../src/sqlite.ts";
import { newRun } from "../../src/testing/conformance/samples.ts";
import { runProcess } from "./processes/run-process.ts";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();
const sqlFiles = join(import.meta.dirname, "../../migrations/sqlite");

function tablesOf(path: string): unknown[] {
  const database = new DatabaseSync(path);
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE name LIKE 'holdfast_%' ORDER BY name")
    .all();
  database.close();
  return tables;
}

test("the files in migrations/sqlite are the steps that the library runs", () => {
  const files = Object.fromEntries(
    readdirSync(sqlFiles).map((file) => [file, readFileSync(join(sqlFiles, file), "utf8")]),
  );
  const steps = MIGRATIONS.map(({ version, name, sql }) => [
    `${String(version).padStart(4, "0")}-${name}.sql`,
    sql,
  ]);
  expect(files).toEqual(Object.fromEntries(steps));
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});

test("opening a file again keeps its schema and its runs", async () => {
  const path = join(directory, "again.db");
  const first = sqliteStore(path);
  await first.create(newRun("a"));
  await first.close();
  const tables = tablesOf(path);
  const second = sqliteStore(path);
  expect((await second.get("a"))?.workflowId).toBe("a");
  await second.close();
  expect(tablesOf(path)).toEqual(tables);
});

test("16 processes that open a new file at once find one schema", async () => {
  const path = join(directory, "together.db");
  const outcomes = await Promise.all(
    Array.from({ length: 16 }, (_, index) => runProcess("create-run.ts", [path, `run ${index}`]).ended),
  );
  expect(outcomes).toEqual(outcomes.map(() => ({ code: 0, signal: null, output: ["created"] })));
  const store = sqliteStore(path);
  expect((await store.list({ limit: 99 })).runs.length).toBe(16);
  await store.close();
}, 60_000);

test("a schema of a newer version is refused and left alone", () => {
  const path = join(directory, "newer.db");
  const database = new DatabaseSync(path);
  migrate(database, path);
  database.exec("INSERT INTO holdfast_schema VALUES (99, 'future', 0)");
  expect(() => sqliteStore(path)).toThrow(StorageError);
  expect(() => sqliteStore(path)).toThrow("schema version 99");
  database.close();
});

test.each([
  [
    "somebody else's table has the name of one",
    "CREATE TABLE holdfast_runs (a)",
    "table holdfast_runs already exists",
  ],
  [
    "an older version is told",
    `DELETE FROM holdfast_schema WHERE version = ${MIGRATIONS.length}`,
    "duplicate column name",
  ],
  ["no version is told", "DROP TABLE holdfast_schema", "already exists"],
])("a file in which %s is refused with what to do, and left alone", (_, sql, problem) => {
  const path = join(directory, `${problem.replaceAll(" ", "-")}-${sql.length}.db`);
  const database = new DatabaseSync(path);
  if (!sql.startsWith("CREATE")) migrate(database, path);
  database.exec(sql);
  const before = tablesOf(path);
  expect(() => sqliteStore(path)).toThrow(StorageError);
  expect(() => sqliteStore(path)).toThrow(problem);
  expect(() => sqliteStore(path)).toThrow("Restore the file from a backup");
  expect(tablesOf(path)).toEqual(before);
  database.close();
});

test("a step that fails anywhere leaves the schema before it, and can be run again", () => {
  const more = [
    "CREATE TABLE holdfast_one (a)",
    "CREATE TABLE holdfast_two (b)",
    "INSERT INTO holdfast_one VALUES (1)",
  ];
  for (let failing = 0; failing <= more.length; failing++) {
    const path = join(directory, `failing-${failing}.db`);
    const database = new DatabaseSync(path);
    migrate(database, path);
    const before = tablesOf(path);
    const step = (sql: readonly string[]): Migration[] => [
      ...MIGRATIONS,
      { version: MIGRATIONS.length + 1, name: "more", sql: sql.join(";\n") },
    ];
    expect(() => migrate(database, path, step([...more.slice(0, failing), "NOT SQL"]))).toThrow(
      "syntax error",
    );
    expect(tablesOf(path)).toEqual(before);
    migrate(database, path, step(more));
    expect(tablesOf(path).length).toBe(before.length + 2);
    database.close();
  }
});
