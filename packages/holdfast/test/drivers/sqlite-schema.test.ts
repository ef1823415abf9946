import { DatabaseSync } from "node:sqlite";
import { StorageError } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { describe, expect, test } from "vitest";
import { migrate } from "../../src/drivers/sqlite/migrate.ts";

const TABLES = ["runs", "entries", "messages", "consumed", "responses", "retired"];
const INDEXES = ["runs_due", "runs_status", "runs_name", "messages_id", "messages_name"];

function made(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  migrate(database, "made here");
  return database;
}

function objectsOf(database: DatabaseSync): unknown[] {
  return database.prepare("SELECT type, name, sql FROM sqlite_master ORDER BY name").all();
}

describe("a schema that is not what was made is refused by type, and left alone, when", () => {
  test.each([
    ...TABLES.map((name) => [`the table ${name} is gone`, `DROP TABLE holdfast_${name}`]),
    ...INDEXES.map((name) => [`the index ${name} is gone`, `DROP INDEX holdfast_${name}`]),
    ...TABLES.map((name) => [
      `${name} is a view`,
      `ALTER TABLE holdfast_${name} RENAME TO other; CREATE VIEW holdfast_${name} AS SELECT * FROM other`,
    ]),
    ["a column is gone", "ALTER TABLE holdfast_consumed DROP COLUMN seal"],
    ["a column has another name", "ALTER TABLE holdfast_entries RENAME COLUMN value TO content"],
    [
      "a table has lost its key and its types",
      "DROP TABLE holdfast_entries; CREATE TABLE holdfast_entries (run, key, value)",
    ],
    [
      "an index is on something else",
      "DROP INDEX holdfast_messages_name; CREATE INDEX holdfast_messages_name ON holdfast_messages (name)",
    ],
    [
      "an index allows what was unique",
      "DROP INDEX holdfast_messages_id; CREATE INDEX holdfast_messages_id ON holdfast_messages (run, id)",
    ],
    ["its version is below its tables", "DELETE FROM holdfast_schema WHERE version > 2"],
    ["its version is none", "DELETE FROM holdfast_schema"],
    [
      "its version is below zero",
      "DELETE FROM holdfast_schema; INSERT INTO holdfast_schema VALUES (-1, '', 0)",
    ],
    [
      "its version is larger than any number",
      "INSERT INTO holdfast_schema VALUES (9223372036854775807, '', 0)",
    ],
    ["its version is of a later release", "INSERT INTO holdfast_schema VALUES (99, 'future', 0)"],
    ["the table of versions is gone", "DROP TABLE holdfast_schema"],
    [
      "the table of versions is a view",
      "DROP TABLE holdfast_schema; CREATE VIEW holdfast_schema AS SELECT 4 AS version",
    ],
  ])("%s", (_, sql) => {
    const database = made();
    database.exec(sql as string);
    const before = objectsOf(database);
    expect(() => sqliteStore({ database })).toThrow(StorageError);
    expect(objectsOf(database)).toEqual(before);
  });
});

test("what a user adds to the schema is the user's", async () => {
  const database = made();
  database.exec("CREATE TABLE orders (id); CREATE INDEX holdfast_runs_mine ON holdfast_runs (created_at)");
  const store = sqliteStore({ database });
  expect((await store.list({ limit: 1 })).runs).toEqual([]);
  await store.close();
});
